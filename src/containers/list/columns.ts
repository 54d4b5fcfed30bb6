import { _ } from '../../i18n/gettext.ts'
import type { SortKey } from '../filtering.ts'

/** A column that can be chosen. Name and actions are always there. */
export interface Column {
  readonly key: 'image' | 'state' | 'cpu' | 'memory' | 'ports' | 'started' | 'created' | 'id' | 'networks'
  readonly title: () => string
  readonly sort?: SortKey
  /** In rem; without it the column shares the room that is left, at least {@link flexibleWidth}. */
  readonly width?: number
  /** Shown until a person chooses otherwise. */
  readonly initial: boolean
}

export type ColumnKey = Column['key']

/** In rem: what name and image have at least. */
export const flexibleWidth = 9.5

/** In rem: the boxes before the name, and the actions at the end. */
export const edgeWidths = { select: 2.5, actions: 6 } as const

/** All columns in their order. What stands in their cells is in container-row.tsx. */
export const columns: readonly Column[] = [
  { key: 'image', title: () => _('Image'), sort: 'image', initial: true },
  { key: 'state', title: () => _('State'), sort: 'state', width: 9, initial: true },
  { key: 'cpu', title: () => _('CPU'), sort: 'cpu', width: 6.25, initial: true },
  { key: 'memory', title: () => _('Memory'), sort: 'memory', width: 6.25, initial: true },
  { key: 'ports', title: () => _('Ports'), width: 9, initial: true },
  { key: 'started', title: () => _('Started'), sort: 'started', width: 7.5, initial: true },
  { key: 'created', title: () => _('Created'), sort: 'created', width: 7.5, initial: false },
  { key: 'networks', title: () => _('Networks'), width: 8, initial: false },
  { key: 'id', title: () => _('ID'), width: 8, initial: false },
]
