import { EngineError } from '../../../errors/index.ts'
import { asSet, type CommittedConfig } from './image-config.ts'
import { setEnvironment } from './instructions.ts'

const texts = ['User', 'WorkingDir', 'StopSignal'] as const
const lists = ['Cmd', 'Entrypoint', 'OnBuild', 'Shell'] as const
const sets = ['ExposedPorts', 'Volumes'] as const

/**
 * Merges fields of an image's configuration, in Docker's spelling, into one: variables, labels, ports and volumes are added, others
 * replace what was there. What is empty says nothing, and so do fields of Docker's that no image has.
 *
 * @throws EngineError `InvalidArgument` for a value of a wrong type.
 */
export function overrideConfig(config: CommittedConfig, given: Readonly<Record<string, unknown>>): void {
  for (const name of texts) {
    const value = given[name]
    if (value) config[name] = typeof value === 'string' ? value : wrong(name)
  }
  for (const name of lists) {
    const value = given[name]
    if (isFilled(value)) config[name] = wordsIn(name, value)
  }
  for (const name of sets) {
    const value = given[name]
    if (isFilled(value)) config[name] = asSet([...Object.keys(config[name] ?? {}), ...Object.keys(value)])
  }
  if (isFilled(given['Env'])) {
    for (const pair of wordsIn('Env', given['Env'])) {
      const equals = pair.indexOf('=')
      if (equals < 1) wrong('Env')
      setEnvironment(config, pair.slice(0, equals), pair.slice(equals + 1))
    }
  }
  const labels = given['Labels']
  if (isFilled(labels)) {
    if (!Object.values(labels).every((value) => typeof value === 'string')) wrong('Labels')
    config.Labels = { ...config.Labels, ...(labels as Record<string, string>) }
  }
}

const isFilled = (value: unknown): value is object => typeof value === 'object' && value !== null && Object.keys(value).length > 0

function wordsIn(name: string, value: object): string[] {
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) wrong(name)
  return [...(value as string[])]
}

function wrong(name: string): never {
  const message = `The field ${name} of the image's configuration has a value of a wrong type; see Docker's image specification.`
  throw new EngineError('InvalidArgument', message, { details: { field: `body.${name}` } })
}
