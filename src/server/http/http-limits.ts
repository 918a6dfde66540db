/** How much the HTTP server takes at once, and for how long it waits. */
export type HttpLimits = {
  /** Bytes of a request's body. */
  readonly maxBody: number;
  /** Characters of the documents that are kept by their hash; 0 keeps none. */
  readonly maxPersisted: number;
  /** GraphQL requests under way. */
  readonly maxRequests: number;
  /** Requests of one connection that wait for the one before them. */
  readonly maxPipelined: number;
  /** How long the head of a request may take to come, in ms. */
  readonly headTimeout: number;
  /** How long a whole request may take to come, in ms. */
  readonly receiveTimeout: number;
  /** How long a GraphQL request may run, in ms. */
  readonly requestTimeout: number;
  /** How long a client may take nothing of its answer, in ms. */
  readonly sendTimeout: number;
  /** Streams of changes at once. */
  readonly maxStreams: number;
  /** How long a stream may last, in ms. */
  readonly streamTimeout: number;
  /** How long a client may take nothing of its stream while something waits for it, in ms. */
  readonly stallTimeout: number;
};

/** The limits that hold where no others are set. */
export const standardHttpLimits: HttpLimits = {
  maxBody: 4_000_000,
  maxPersisted: 1_000_000,
  maxRequests: 100,
  maxPipelined: 50,
  headTimeout: 5_000,
  receiveTimeout: 30_000,
  requestTimeout: 20_000,
  sendTimeout: 30_000,
  maxStreams: 1_000,
  streamTimeout: 3_600_000,
  stallTimeout: 3_000,
};
