import { EngineError, type ErrorCode } from '../errors/index.ts'
type Values = Record<string, string | number>
/**
 * A value that cannot be used. The sentence is the same on the command line, over REST and, translated, on the page; it is podman's
 * where podman has one.
 *
 * @param sentence English, with `{name}` where a value goes. Only a literal: the page's catalogues are made from the calls.
 * @returns an EngineError whose details are the values and the sentence.
 */
export declare function badValue(sentence: string, values?: Values, code?: ErrorCode): EngineError
/** Puts words before what `parse` throws, which then says what the value is for. Only a literal, as above. @throws EngineError */
export declare function inContext<T>(context: string, parse: () => T, values?: Values): T
/** What `check` throws about a bad value; undefined for a good one. */
export declare function problemOf(check: () => unknown): EngineError | undefined
export {}
