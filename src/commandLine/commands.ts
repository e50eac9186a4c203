import type { Command } from './command';

/** A command as it is called. */
export interface Entry {
  readonly name: string;
  /** What follows the name. */
  readonly synopsis: string;
  readonly summary: string;
  /** Only the command that runs is loaded: a gateway takes half a second. */
  readonly load: () => Command;
}

/** In the order in which `--help` names them. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'start',
    synopsis: '',
    summary: 'the gateway, configured by the environment',
    load() {
      const { start }: typeof import('./start') = require('./start');
      return start;
    },
  },
  {
    name: 'check-config',
    synopsis: '',
    summary: 'whether the environment is a usable configuration, and which',
    load() {
      const { checkConfig }: typeof import('./checkConfig') = require('./checkConfig');
      return checkConfig;
    },
  },
  {
    name: 'webhook register',
    synopsis: '--url <url> [--events <types>]',
    summary: 'lets Dataspike deliver to your gateway, and prints the secret once',
    load() {
      const { registerWebhook }: typeof import('./registerWebhook') = require('./registerWebhook');
      return registerWebhook;
    },
  },
  {
    name: 'watch',
    synopsis: '<verification> [--endpoint <url>] [--token <token>] [--after <cursor>] [--json]',
    summary: 'follows a verification until it is final',
    load() {
      const { watch }: typeof import('./watch') = require('./watch');
      return watch;
    },
  },
  {
    name: 'demo',
    synopsis: '',
    summary: 'the gateway in front of a simulated Dataspike, with life in it',
    load() {
      const { demo }: typeof import('./demo') = require('./demo');
      return demo;
    },
  },
  {
    name: 'simulator',
    synopsis: '',
    summary: 'the simulated Dataspike alone',
    load() {
      const { simulator }: typeof import('./simulator') = require('./simulator');
      return simulator;
    },
  },
];
