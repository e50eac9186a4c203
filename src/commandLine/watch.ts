import type { Client } from 'graphql-ws';
import { type Command, CommandFailed, EXIT, UsageError } from './command';
import { followUpdates, type Update } from './followUpdates';
import { describeEnding, openGatewayConnection } from './gatewayConnection';
import { readOptions } from './options';

/** What holds the token of `watch`, where it is not on the command line. */
export const TOKEN_VARIABLE = 'DATASPIKE_GRAPHQL_TOKEN';

const DEFAULT_ENDPOINT = 'ws://localhost:4000/graphql';

/** As shells report the end by a signal: 128 and its number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** What a verification that was final before may still have to tell, from when it was asked. */
const REPLAY_MS = 2_000;

/** Follows one verification of a running gateway; a client like any other. */
export const watch: Command = {
  help: `Prints one line for each change of a verification, first of all where it stands now, and ends with 0 when it is final.
When the connection is lost it goes on with the newest cursor: nothing is left out, nothing comes twice. Exit code 1 when
the gateway refuses or cannot be reached at first. It asks for no personal data; a watch token is enough.

  2026-11-23T10:15:00.000Z  CHANGE    IN_PROGRESS -> VERIFIED  <cursor>

Options:

  --endpoint <url>   the gateway; by default ${DEFAULT_ENDPOINT}
  --token <token>    better ${TOKEN_VARIABLE}: everyone on this machine can see a command line
  --after <cursor>   begin with what came after this update
  --json             each update as JSON on a line of its own

Variables:

  ${TOKEN_VARIABLE}   a token of the gateway: kyc:read, or a watch token`,

  async run(words, { environment, print, tell, untilSignal }) {
    const { values, operands } = readOptions(
      words,
      {
        endpoint: { type: 'string', default: DEFAULT_ENDPOINT },
        token: { type: 'string' },
        after: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
      ['verification'],
    );
    const [verificationId = ''] = operands;
    const endpoint = readEndpoint(values.endpoint);
    const after = values.after ?? null;
    const client = openGatewayConnection(endpoint, values.token ?? (environment[TOKEN_VARIABLE] || null));
    const stopping = new AbortController();
    stopping.signal.addEventListener('abort', () => client.terminate());
    let exitCode: number = EXIT.DONE;
    void untilSignal().then((signal) => {
      exitCode = EXIT_CODES[signal];
      stopping.abort();
    });
    let replay: NodeJS.Timeout | undefined;
    try {
      const known = await find(client, verificationId, endpoint);
      if (known === null) tell(`There is no verification ${verificationId} yet. Waiting for it.`);
      if (known?.isFinal && after !== null) replay = setTimeout(() => stopping.abort(), REPLAY_MS);
      for await (const update of followUpdates({ client, verificationId, after, signal: stopping.signal, tell })) {
        print(values.json ? JSON.stringify(update) : toLine(update));
        if (update.verification.isFinal) return EXIT.DONE;
      }
      return exitCode;
    } catch (error) {
      if (stopping.signal.aborted) return exitCode;
      throw error;
    } finally {
      clearTimeout(replay);
      await client.dispose();
    }
  },
};

/**
 * @returns null when there is none that the token may see; undefined when the gateway cannot tell at the moment
 * @throws {CommandFailed} when the gateway cannot be reached, or refuses
 */
async function find(client: Client, id: string, endpoint: string): Promise<{ isFinal: boolean } | null | undefined> {
  const query = 'query Find($id: ID!) { verification(id: $id) { isFinal } }';
  try {
    for await (const { data, errors } of client.iterate<{ verification: { isFinal: boolean } | null }>({
      query,
      variables: { id },
    })) {
      if (!errors) return data?.verification;
      if (describeEnding(errors).isRefusal) throw errors;
    }
    return undefined;
  } catch (thrown) {
    const { reason, isRefusal } = describeEnding(thrown);
    throw new CommandFailed(
      isRefusal ? `The gateway refuses: ${reason}` : `The gateway cannot be reached at ${endpoint}: ${reason}`,
    );
  }
}

function toLine({ occurredAt, kind, previousStatus, verification, cursor }: Update): string {
  const change = previousStatus === null ? verification.status : `${previousStatus} -> ${verification.status}`;
  return [occurredAt, kind.padEnd('SNAPSHOT'.length), change, cursor].join('  ');
}

function readEndpoint(text: string): string {
  // The same address, as one copies it from a browser.
  const url = text.replace(/^http/, 'ws');
  if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol) || new URL(url).hash !== '') {
    throw new UsageError(`--endpoint must be an address such as ${DEFAULT_ENDPOINT}.`);
  }
  return url;
}
