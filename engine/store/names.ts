import { EngineError } from '../errors/index.ts'
import { checkName } from '../spec/name.ts'
import type { Database } from './connection.ts'

/** Containers and pods share one space of names. */
export type NamedKind = 'container' | 'pod'

/** The owner of a name. */
export function nameOwner(database: Database, name: string): { kind: NamedKind; id: string } | undefined {
  return database.get('SELECT kind, id FROM names WHERE name = ?', name) as { kind: NamedKind; id: string } | undefined
}

/**
 * Reserves `name` for an object, inside a transaction.
 *
 * @throws EngineError `ContainerExists` or `PodExists`, with podman's message.
 */
export function takeName(database: Database, name: string, kind: NamedKind, id: string): void {
  checkName(name)
  const owner = nameOwner(database, name)
  if (owner) throw nameTaken(name, kind, owner.id)
  database.run('INSERT INTO names (name, kind, id) VALUES (?, ?, ?)', name, kind, id)
}

/** Releases the name of `id`, inside a transaction. */
export function releaseName(database: Database, name: string): void {
  database.run('DELETE FROM names WHERE name = ?', name)
}

function nameTaken(name: string, wanted: NamedKind, owner: string): EngineError {
  const tail = `the ${wanted} name "${name}" is already in use by ${owner}. You have to remove that container to be able to reuse that name: that name is already in use`
  const details = { name, id: owner }
  if (wanted === 'pod')
    return new EngineError('PodExists', `adding pod to state: name "${name}" is in use: pod already exists`, { details })
  return new EngineError('ContainerExists', `creating container storage: ${tail}`, { details })
}

const adjectives =
  'agile amber bold brave bright calm clever cosmic crisp eager early fair fast gentle glad golden happy honest keen kind light lively loyal lucid lunar mellow merry mild neat noble polite proud quick quiet rapid ready sharp shiny silent smooth sober solar steady swift tidy vivid warm wise witty young zesty'.split(
    ' ',
  )
const nouns =
  'anchor arrow badger beacon birch brook cedar cliff cloud comet coral crane creek dolphin dune eagle ember falcon fern finch fjord forest garden glacier harbor hawk heron island jetty lagoon lantern maple marsh meadow mole otter pebble pine plover quay raven reef ridge river robin sail sparrow summit tide valley wharf willow wren'.split(
    ' ',
  )

/** A free name of two words, as podman generates when none is given; inside a transaction. */
export function inventName(database: Database): string {
  for (let attempt = 0; ; attempt += 1) {
    const suffix = attempt < 8 ? '' : String(Math.floor(Math.random() * 10 ** Math.min(attempt - 6, 9)))
    const name = `${pick(adjectives)}_${pick(nouns)}${suffix}`
    if (!nameOwner(database, name)) return name
  }
}

function pick(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] as string
}
