/** Values that may be told: words, counts and Dataspike's ids; nothing about a person. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** One step of a trace. */
export interface Span {
  /** W3C Trace Context: names this span to others. */
  readonly traceparent: string;
  /** Spans started meanwhile, also after a wait, are below this one. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** A moment within the span. */
  note(name: string, attributes: Attributes): void;
  /**
   * @param name a better one than it began with
   * @param error a class or code, never a message; left out: it went well
   */
  end(outcome?: { readonly name?: string; readonly error?: string }): void;
}

export type SpanKind = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER';

/** Where the time goes, told to a collector. Parts get null instead of this where nobody wants to know. */
export interface Tracing {
  /**
   * Begins a span below the one that runs.
   * @param traceparent what it continues instead
   */
  start(name: string, kind: SpanKind, attributes: Attributes, traceparent?: string): Span;
  /** A span that is there only if another is started below it meanwhile: for what mostly costs nothing. */
  runLazily<T>(name: string, work: () => T): T;
  /** Spans started meanwhile continue the trace that the headers name; without one they begin their own. */
  continueFrom<T>(headers: TraceHeaders, work: () => T): T;
  /** What runs at the moment; null outside of any, and where nothing is recorded. */
  active(): Span | null;
  /** Names what runs at the moment, recorded or not; null outside of any. */
  traceparent(): string | null;
  /** Sends what waits, for 2 s at most. */
  close(): Promise<void>;
}

/** Of a request; those of W3C Trace Context are read. */
export type TraceHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface TracingOptions {
  /** Without `/v1/traces`. */
  readonly endpoint: string;
  /** For the collector; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
}
