import { type DockerOperationName, dockerOperationNames, dockerOperations } from '../../contract/docker/index.ts'
import {
  type CallOptions,
  describe,
  type Engine,
  type Operation,
  type OperationName,
  operationNames,
  parseFields,
  textsAt,
} from '../../contract/index.ts'
import { mappings } from '../compat/index.ts'
import { checkName } from '../compat/names.ts'

/** An operation, and how it is done. */
export interface Action {
  name: string
  operation: Operation
  /** Checks an input and fills in defaults. @throws EngineError `InvalidArgument`, naming the field. */
  parse(input: Record<string, unknown>): Record<string, unknown>
  /** Answers an input. The engine checks its own; one of Docker's has been through `parse`. */
  run(engine: Engine, input: Record<string, unknown>, options: CallOptions): Promise<unknown>
}

type Verb = (input: unknown, options: CallOptions) => Promise<unknown>
type AnyMapping = (engine: Engine, input: unknown, options: CallOptions) => Promise<unknown>

/** All operations: Docker's and ours. More specific paths come before those that could swallow them. */
export function actions(): Action[] {
  return [...dockerOperationNames.map(mapped), ...operationNames.map(own)]
}

function own(name: OperationName): Action {
  const operation = describe(name)
  return {
    name,
    operation,
    parse: (input) => parseFields(name, operation, input),
    run: (engine, input, options) => (engine[name] as unknown as Verb)(input, options),
  }
}

function mapped(name: DockerOperationName): Action {
  const operation: Operation = dockerOperations[name]
  const mapping = mappings[name] as unknown as AnyMapping
  // Failures use the name of our operation that does the work.
  const parse: Action['parse'] = (input) => parseFields(name.replace(/^(?:docker|libpod3)\./, ''), operation, input)
  return {
    name,
    operation,
    parse,
    run: async (engine, given, options) => {
      const input = operation.dialect === undefined ? parse(given) : given
      textsAt(input, operation.imageNames ?? []).forEach(checkName)
      return mapping(engine, input, options)
    },
  }
}
