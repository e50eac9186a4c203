import { parseConfig } from '../config';
import { VARIABLES } from '../configVariables';
import { type Command, EXIT } from './command';
import { describeConfig } from './describeConfig';
import { readOptions, suggest } from './options';
import { TOKEN_VARIABLE } from './watch';

/** Whether `start` would take this environment; asks nobody. */
export const checkConfig: Command = {
  help: `Reads the environment as "dataspike-graphql start" does, and starts nothing. Every variable that is missing or wrong
is named on standard error, with exit code 78. Else it prints what the gateway would do, without any secret.

Names that look like the gateway's and are not, such as LIMIT_DEPHT, are told on standard error: they are ignored.`,

  async run(words, { environment, print, tell }) {
    readOptions(words, {});
    for (const name of Object.keys(environment).filter(isIgnored)) {
      tell(`${name}: is ignored, the gateway has no such variable.${suggest(name, Object.keys(VARIABLES))}`);
    }
    print(`The configuration is usable:\n\n${describeConfig(parseConfig(environment))}`);
    return EXIT.DONE;
  },
};

const OURS = /^(DATASPIKE|WEBHOOK|AUTH|WATCH|LIMIT|PERSISTED)_/;

function isIgnored(name: string): boolean {
  const known = [...Object.keys(VARIABLES), TOKEN_VARIABLE];
  return OURS.test(name) && !known.includes(name.replace(/_FILE$/, ''));
}
