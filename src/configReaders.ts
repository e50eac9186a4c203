/** Makes a value of a variable's text, which is never empty. Throws an Error that says what the text must be, without it. */
type Reader<Value> = (text: string) => Value;

/** How one variable of the environment is read, and what the reference says about it. */
export interface Variable<Value> {
  readonly read: Reader<Value>;
  /** What it is when it is left out. */
  readonly standard: Value | undefined;
  readonly isRequired: boolean;
  readonly description: string;
  /** What happens when it is left out, where no value stands for it. */
  readonly leftOut?: string;
}

export function required<Value>(read: Reader<Value>, description: string): Variable<Value> {
  return { read, standard: undefined, isRequired: true, description };
}

export function optional<Value>(
  read: Reader<Value>,
  description: string,
  leftOut?: string,
): Variable<Value | undefined> {
  return { read, standard: undefined, isRequired: false, description, leftOut };
}

export function withStandard<Value>(
  standard: Value,
  read: Reader<Value>,
  description: string,
  leftOut?: string,
): Variable<Value> {
  return { read, standard, isRequired: false, description, leftOut };
}

/** @returns the value, or what is wrong with the text */
export function readVariable<Value>(
  { read, standard, isRequired }: Variable<Value>,
  text: string | undefined,
): { readonly value: Value } | { readonly problem: string } {
  if (!text) return isRequired ? { problem: 'is required' } : { value: standard as Value };
  try {
    return { value: read(text) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'is not valid' };
  }
}

export const anyText: Reader<string> = (text) => text;

/** @param rule what to say about the others, for example `must be an origin` */
export function textThat(isRight: (text: string) => boolean, rule: string): Reader<string> {
  return (text) => {
    if (!isRight(text)) throw new Error(rule);
    return text;
  };
}

export function oneOf<const Word extends string>(words: readonly Word[], rule: string): Reader<Word> {
  return textThat((text) => (words as readonly string[]).includes(text), rule) as Reader<Word>;
}

export function integer(minimum: number, maximum: number): Reader<number> {
  return (text) => {
    if (!/^\d{1,12}$/.test(text)) throw new Error('must be a whole number');
    const value = Number(text);
    if (value < minimum || value > maximum) throw new Error(`must be from ${minimum} to ${maximum}`);
    return value;
  };
}

export const flag: Reader<boolean> = (text) => oneOf(['true', 'false'], 'must be true or false')(text) === 'true';

/** A comma list, without what is empty. */
export function listOf<Value>(read: (items: readonly string[]) => Value): Reader<Value> {
  return (text) =>
    read(
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    );
}
