import type { FuzzRequest } from './request.ts';
import type { Reply } from './send.ts';

/** What is wrong with a reply; empty where nothing is. */
export function judge(request: FuzzRequest, reply: Reply): readonly string[] {
  const { status, body, end } = reply;
  return [
    ...(end === 'late' ? ['no end within the time of the service'] : []),
    ...(end === 'lost' ? [`no answer: ${body}`] : []),
    ...[stack, leak].flatMap((told) => {
      const found = told.exec(body);
      return found ? [`tells of its inside: ${found[0]}`] : [];
    }),
    ...(request.kind === 'raw'
      ? judgeRaw(body)
      : end !== 'whole'
        ? []
        : isStream(body)
          ? judgeEvents(body)
          : judgeAnswer(status, body)),
  ];
}

/** Whether an answer is a stream of events, which may have been left before its end. */
function isStream(body: string): boolean {
  return /^(?::|event:)/.test(body);
}

/** Each event is an answer; the last may be a part of one. */
function judgeEvents(body: string): readonly string[] {
  const events = body.split('\n\n').slice(0, -1);
  return events.flatMap((event) => {
    const [, data = ''] = /^data: ?(.*)$/m.exec(event) ?? [];
    return data === '' ? [] : judgeAnswer(200, data);
  });
}

/** A line of a stack; a line of a description may begin with another "At". */
const stack = /\n\s+at \S/;

/** A path, SQL or the name of a part; no request holds any of them. */
const leak =
  /node_modules|\.[jt]s:\d|SELECT .* FROM|INSERT INTO|UPDATE \\?"|DELETE FROM|prisma|relation \\?"|postgres(?:ql)?:/i;

function judgeRaw(text: string): readonly string[] {
  const statuses = [...text.matchAll(/(?:^|\n)HTTP\/1\.1 (\d{3})/g)].map(([, code]) =>
    Number(code),
  );
  if (text !== '' && statuses.length === 0) return ['an answer that is no HTTP'];
  const isUnavailable = text.includes('"UNAVAILABLE"');
  const faults = statuses.filter((code) => code >= 500 && !(code === 503 && isUnavailable));
  return faults.map((code) => `status ${code}`);
}

function judgeAnswer(status: number, body: string): readonly string[] {
  // Node's own, to what did not come in time.
  if (status === 408) return [];
  const answer = parse(body);
  if (answer === null) return [`an answer of status ${status} that is no JSON object`];
  const errors = errorsOf(answer);
  const codes = errors.map(({ extensions }) => extensions?.['code']);
  const isFault = status >= 500 && !(status === 503 && codes.includes('UNAVAILABLE'));
  return [
    ...(isFault ? [`status ${status}`] : []),
    ...codes.flatMap((code) => (typeof code === 'string' ? [] : ['an error without a code'])),
    ...errors.flatMap(({ message = '', extensions }) =>
      message === 'Unexpected error.' || FAULTS.has(extensions?.['code'])
        ? [`${String(extensions?.['code'])}: ${message}`]
        : [],
    ),
  ];
}

/** Nothing here gives a reason for these. */
const FAULTS: ReadonlySet<unknown> = new Set(['INTERNAL_SERVER_ERROR', 'OUTCOME_UNKNOWN']);

/** An error of an answer, as far as it is looked at. */
export type AnsweredError = {
  readonly message?: string;
  readonly path?: readonly unknown[];
  readonly extensions?: Readonly<Record<string, unknown>>;
};

/** The errors of an answer. */
export function errorsOf(answer: Readonly<Record<string, unknown>>): readonly AnsweredError[] {
  const { errors } = answer;
  return Array.isArray(errors) ? errors : [];
}

/** An answer's JSON object; null if it is none. */
export function parse(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : null;
  } catch {
    return null;
  }
}
