import { useMemo } from 'react'

import { type Selection, useSelection } from '../../hooks/use-selection.ts'
import type { ImageRow } from '../image-rows.ts'

export type { Selection }

/** The keys of rows that can be selected: read-only images cannot. */
export const selectable = (rows: readonly ImageRow[]): string[] =>
  rows.filter(({ image }) => !image.ReadOnly).map(({ key }) => key)

/** Whether all selectable rows are selected. */
export function isAllSelected({ keys }: Selection, rows: readonly ImageRow[]): boolean {
  const all = selectable(rows)
  return all.length > 0 && all.every((key) => keys.has(key))
}

/** The selection among these rows; removed rows are dropped. */
export const useImageSelection = (rows: readonly ImageRow[]): Selection =>
  useSelection(useMemo(() => rows.map(({ key }) => key), [rows]))
