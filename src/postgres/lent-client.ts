/**
 * A Prisma client of a transaction that is lent once a call is awaited: until then none of Prisma's
 * calls does anything, and who makes none does not pay for it.
 */
export function lentClient(client: object, lend: () => Promise<object>): object {
  const delegates = new Map<string, object>();
  const call = (make: Make) => lateCall(lend, make);
  const delegateOf = (name: string, model: object): object => {
    const known = delegates.get(name);
    if (known) return known;
    const made = new Proxy(model, {
      get(_target, method) {
        const value: unknown = Reflect.get(model, method);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) =>
          call((lent) => applyAt(Reflect.get(lent, name), method, args));
      },
    });
    delegates.set(name, made);
    return made;
  };
  return new Proxy(
    {},
    {
      has: (_target, name) => !ofClients.includes(name) && Reflect.has(client, name),
      get(_target, name) {
        if (ofClients.includes(name)) return undefined;
        const value: unknown = Reflect.get(client, name);
        if (typeof name === 'symbol' || name.startsWith('_')) return value;
        if (typeof value === 'function') {
          return (...args: unknown[]) => call((lent) => applyAt(lent, name, args));
        }
        return typeof value === 'object' && value !== null ? delegateOf(name, value) : value;
      },
    },
  );
}

/** What a transaction has not. */
const ofClients: readonly (string | symbol)[] = ['$connect', '$disconnect', '$on', '$extends'];

type Make = (lent: object) => unknown;

/** A call that is made when it is awaited, once; or the relation of what it finds, `.author()`. */
function lateCall(lend: () => Promise<object>, make: Make): object {
  let made: Promise<unknown> | undefined;
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (name === Symbol.toStringTag) return 'PrismaPromise';
        if (typeof name === 'symbol') return undefined;
        if (['then', 'catch', 'finally'].includes(name)) {
          made ??= lend().then(make);
          return (...args: unknown[]) => applyAt(made, name, args);
        }
        return (...args: unknown[]) => lateCall(lend, (lent) => applyAt(make(lent), name, args));
      },
    },
  );
}

function applyAt(target: unknown, name: string | symbol, args: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(Object(target), name);
  if (typeof method !== 'function') throw new TypeError(`${String(name)} is not a function`);
  return Reflect.apply(method, target, args);
}
