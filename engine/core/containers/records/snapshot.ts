import type { ContainerRecord } from '../../../store/index.ts'

/** The id of a container's file system in the layer store: its own, unless an edit put the container on another image. */
export const snapshotOf = ({ id, config }: Pick<ContainerRecord, 'id' | 'config'>): string => config.snapshot ?? id
