import type { CallOptions, OperationName, Parsed, Reply } from '../contract/index.ts'
import type { Context } from './context.ts'

/** The work of one operation. Its input has been checked and holds all defaults. */
export type Verb<K extends OperationName> = (context: Context, input: Parsed<K>, options: CallOptions) => Reply<K>
