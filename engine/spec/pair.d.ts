/** The two sides of the first `=`; without one, the text and undefined. */
export declare function splitPair(text: string): [string, string | undefined]
/** A map in the order in which podman shows it, which is Go's: by name. */
export declare function byName<T>(map: Readonly<Record<string, T>>): Record<string, T>
/** Every object has these, so that the contract's schemas leave them out. @throws EngineError `InvalidArgument` */
export declare function checkPairName(name: string, what: string): void
/** `NAME=VALUE` pairs; a name alone has an empty value. @param what they are. @throws EngineError `InvalidArgument`, with podman's message. */
export declare function parsePairs(entries: readonly string[], what: string): Record<string, string>
/**
 * A variable of the environment, `NAME=VALUE`. A name alone has no value of its own: the reader takes the caller's.
 *
 * @throws EngineError `InvalidArgument`, with podman's message.
 */
export declare function parseVariable(entry: string): [string, string | undefined]
