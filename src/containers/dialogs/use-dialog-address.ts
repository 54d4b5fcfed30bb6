import { useEffect } from 'react'

import { currentRoute, linkTo, navigate } from '../../hooks/route.ts'

/** Dialogs that the address names, so that they can be linked to and survive a reload. */
export type LinkedDialog = 'create' | 'duplicate' | 'edit'

/** What the address says of a dialog. */
export interface DialogAddress {
  readonly dialog: LinkedDialog
  /** The container, or the image for a new one. */
  readonly of?: string
  readonly inPod?: string
}

const names = ['dialog', 'of', 'inPod', 'group']

/** The dialog that the address names now. */
export function currentDialog(): DialogAddress | undefined {
  const { query } = currentRoute()
  const dialog = (['create', 'duplicate', 'edit'] as const).find((each) => each === query.get('dialog'))
  return dialog && { dialog, of: query.get('of') ?? '', inPod: query.get('inPod') ?? '' }
}

function write(address: Partial<Record<string, string>>): void {
  const { path, query } = currentRoute()
  const next = new URLSearchParams(query)
  for (const name of names) if (name !== 'group' || address['dialog'] === undefined) next.delete(name)
  for (const [name, value] of Object.entries(address)) if (value) next.set(name, value)
  navigate(linkTo(path, next), { replace: true })
}

/** Has the address name the dialog as long as it is open. */
export function useDialogAddress({ dialog, of, inPod }: DialogAddress): void {
  useEffect(() => {
    write({ dialog, of, inPod })
    return () => write({})
  }, [dialog, of, inPod])
}
