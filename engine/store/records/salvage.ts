import * as v from 'valibot'

import type { Database, Row } from '../connection.ts'
import { ContainerConfig, containerFormat, type ContainerRecord, ContainerRunState, freshState } from './container.ts'
import { checkRecord } from './format.ts'
import { type ImageFacts, imageFormat } from './image.ts'
import { PodConfig, podFormat } from './pod.ts'
import { VolumeConfig, volumeFormat } from './volume.ts'

// Salvages damaged records, for `system check --repair`: every valid field is kept.

/**
 * A container whose configuration is whole, with what can be read of its state.
 *
 * @returns undefined if the configuration is damaged: it cannot be reconstructed.
 */
export function salvageContainer(row: Row): ContainerRecord | undefined {
  const state = salvage(ContainerRunState, row['state'], freshState())
  try {
    const { config } = checkRecord(containerFormat, { ...row, state: JSON.stringify(state) })
    const pod = row['pod'] === null ? null : String(row['pod'])
    return { id: String(row['id']), name: String(row['name']), created: String(row['created']), pod, config, state }
  } catch {
    return undefined
  }
}

/** What can be read of a pod's configuration; the rest is as `otherwise` says. */
export function salvagePod(row: Row, otherwise: PodConfig): PodConfig {
  return salvage(PodConfig, row['config'], otherwise)
}

/** What can be read of a volume's configuration. One of unknown kind is a named one that is filled: it must not be lost. */
export function salvageVolume(row: Row): VolumeConfig {
  const otherwise = { driver: 'local', labels: {}, options: {}, anonymous: false, needsCopyUp: false }
  return salvage(VolumeConfig, row['config'], otherwise)
}

/** Rewrites a container's configuration and state; inside a transaction. */
export function replaceContainer(database: Database, { id, config, state }: ContainerRecord): void {
  database.run(
    'UPDATE containers SET status = ?, image = ?, config = ?, state = ?, version = ? WHERE id = ?',
    state.status,
    config.image?.id ?? null,
    JSON.stringify(v.parse(ContainerConfig, config)),
    JSON.stringify(v.parse(ContainerRunState, state)),
    containerFormat.version,
    id,
  )
}

/** Rewrites a pod's configuration; inside a transaction. */
export function replacePod(database: Database, id: string, config: PodConfig): void {
  database.run('UPDATE pods SET config = ?, version = ? WHERE id = ?', JSON.stringify(config), podFormat.version, id)
}

/** Rewrites a volume's configuration; inside a transaction. */
export function replaceVolume(database: Database, name: string, config: VolumeConfig): void {
  database.run('UPDATE volumes SET config = ?, version = ? WHERE name = ?', JSON.stringify(config), volumeFormat.version, name)
}

/** Replaces an image's record, whatever it held; inside a transaction. */
export function replaceImage(database: Database, id: string, facts: ImageFacts): void {
  database.run('UPDATE main.images SET facts = ?, version = ? WHERE id = ?', JSON.stringify(facts), imageFormat.version, id)
}

function salvage<T extends object>(schema: { entries: v.ObjectEntries }, text: unknown, otherwise: T): T {
  const read = parse(text)
  const found = Object.entries(schema.entries).flatMap(([field, each]) => {
    const result = v.safeParse(each as v.GenericSchema, read[field])
    return result.success && read[field] !== undefined ? [[field, result.output] as const] : []
  })
  return { ...otherwise, ...Object.fromEntries(found) }
}

function parse(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(text))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
