import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** One core operation of `dataspike/openapi.yaml`. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{parameters}` */
  readonly path: string;
  readonly needsKey: boolean;
  readonly hasBody: boolean;
  readonly statuses: readonly number[];
}

export interface Contract {
  readonly operations: ReadonlyMap<string, Operation>;
  /** @returns what is wrong with an answer; empty when nothing is */
  findFaults(operation: Operation, answer: Answer): string[];
  /** @param schemaName below `components/schemas` */
  findSchemaFaults(schemaName: string, value: unknown): string[];
}

export interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Buffer;
}

interface ResponseObject {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly 'x-scope'?: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
  };
}

const methods = ['get', 'post', 'put', 'delete'];
const anyError = { $ref: '#/components/schemas/AnyError' };

/** Reads the document and holds answers against it. Fields under `x-simulator-emits` count as required. */
export function readContract(): Contract {
  const text = readFileSync(path.join(__dirname, '../../dataspike/openapi.yaml'), 'utf8');
  const document = parse(text) as Document;
  requireEmittedFields(document);
  // OpenAPI 3.0 writes `nullable`, which Ajv knows; everything else that Ajv does not know is annotation.
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('binary', true);
  ajv.addSchema({ $id: 'contract', ...document });

  const compiled = new Map<string, ValidateFunction>();
  function findInvalid(schema: unknown, value: unknown): string[] {
    const absolute = JSON.stringify(schema).replaceAll('"#/', '"contract#/');
    const validate = compiled.get(absolute) ?? ajv.compile(JSON.parse(absolute));
    compiled.set(absolute, validate);
    return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }

  const operations = new Map<string, Operation>();
  const responsesOf = new Map<string, Readonly<Record<string, ResponseObject>>>();
  for (const [pathTemplate, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!methods.includes(method) || operation['x-scope'] !== 'core') continue;
      responsesOf.set(operation.operationId, operation.responses);
      operations.set(operation.operationId, {
        id: operation.operationId,
        method: method.toUpperCase(),
        path: pathTemplate,
        needsKey: operation.security === undefined,
        hasBody: operation.requestBody !== undefined,
        statuses: Object.keys(operation.responses).map(Number),
      });
    }
  }

  /**
   * Two refusals are not listed at every operation although they must be possible: a wrong key wherever one is needed,
   * and a wrong body wherever there is one.
   */
  function contentOf(operation: Operation, status: number): ResponseObject['content'] | null {
    const listed = responsesOf.get(operation.id)?.[String(status)];
    const isImplied = (status === 401 && operation.needsKey) || (status === 400 && operation.hasBody);
    if (!listed) return isImplied ? { 'application/json': { schema: anyError } } : null;
    const name = listed.$ref?.split('/').at(-1);
    return (name ? document.components.responses[name] : listed)?.content ?? {};
  }

  return {
    operations,
    findFaults(operation, answer) {
      const content = contentOf(operation, answer.status);
      if (!content) return [`status ${answer.status} is not listed`];
      const mayBeEmpty = answer.status === 404 || Object.values(content).every(({ schema }) => isEmptySchema(schema));
      if (answer.body.length === 0) return mayBeEmpty ? [] : ['body is empty'];
      const media = Object.entries(content).find(([pattern]) => fitsMediaType(pattern, answer.contentType ?? ''));
      if (!media) return [`content type ${answer.contentType} is not listed`];
      if (!media[0].endsWith('json')) return [];
      return findInvalid(media[1].schema, JSON.parse(answer.body.toString('utf8')));
    },
    findSchemaFaults: (schemaName, value) => findInvalid({ $ref: `#/components/schemas/${schemaName}` }, value),
  };
}

function requireEmittedFields(document: Document): void {
  for (const schema of Object.values(document.components.schemas) as Record<string, unknown>[]) {
    const emitted = schema['x-simulator-emits'];
    if (Array.isArray(emitted)) schema.required = [...((schema.required as string[] | undefined) ?? []), ...emitted];
  }
}

function isEmptySchema(schema: unknown): boolean {
  return schema === undefined || JSON.stringify(schema) === '{}';
}

function fitsMediaType(pattern: string, contentType: string): boolean {
  const type = contentType.split(';')[0] ?? '';
  return pattern.endsWith('/*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
