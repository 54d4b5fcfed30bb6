import { type ReactNode, useMemo } from 'react'

import { CreateContainerDialog } from '../containers/dialogs/create-container-dialog.tsx'
import { useEngine } from '../lib/engine-context.tsx'
import { _ } from '../lib/gettext.ts'
import type { Image } from '../lib/live-data.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useDialogs } from '../ui/dialogs.tsx'
import { PullDialog } from './dialogs/pull-dialog.tsx'
import { PushDialog } from './dialogs/push-dialog.tsx'
import { RemoveImageDialog } from './dialogs/remove-image-dialog.tsx'
import { SaveDialog } from './dialogs/save-dialog.tsx'
import { TagDialog } from './dialogs/tag-dialog.tsx'
import { UntagDialog } from './dialogs/untag-dialog.tsx'

/** What can be done with an image, under one of its names. `run` is the obvious one. */
export interface ImageActions {
  readonly run: () => void
  readonly groups: readonly (readonly Action[])[]
}

/** Gives the actions of any image. */
export function useImageActions(): (image: Image, reference: string | undefined) => ImageActions {
  const { can } = useEngine()
  const { open } = useDialogs()
  return useMemo(
    () => (image, reference) => {
      const action = (key: string, title: string, render: (close: () => void) => ReactNode): Action => ({
        key,
        title,
        run: () => open(render),
      })
      const named = (make: (name: string) => Action): Action[] => (reference === undefined ? [] : [make(reference)])
      const pull = named((name) => action('pull', _('Pull anew…'), (close) => <PullDialog image={name} onClose={close} />))
      const push = action('push', _('Push…'), (close) => <PushDialog image={image} reference={reference} onClose={close} />)
      const save = action('save', _('Save…'), (close) => (
        <SaveDialog references={[reference ?? image.Id]} size={image.Size} onClose={close} />
      ))
      const tag = action('tag', _('Add a name…'), (close) => <TagDialog image={image} reference={reference} onClose={close} />)
      const untag = named((name) =>
        action('untag', _('Take the name away…'), (close) => <UntagDialog image={image} reference={name} onClose={close} />),
      )
      const remove: Action = {
        ...action('remove', _('Remove…'), (close) => <RemoveImageDialog image={image} tag={reference} onClose={close} />),
        danger: true,
        reason: image.ReadOnly ? _('It is in a store that is only read.') : undefined,
      }
      return {
        run: () => open((close) => <CreateContainerDialog image={reference ?? image.Id} onClose={close} />),
        groups: [
          [...pull, ...(can.does('image.push') ? [push] : [])],
          image.ReadOnly ? [tag] : [tag, ...untag],
          image.IsManifestList ? [] : [save],
          [remove],
        ],
      }
    },
    [can, open],
  )
}
