import { type ReactNode, useMemo } from 'react'

import { useEngine } from '../engine/engine-context.tsx'
import { _ } from '../i18n/gettext.ts'
import type { Image } from '../engine/live/live-data.ts'
import type { Action } from '../ui/actions-menu.tsx'
import { useCommands } from '../ui/commands.ts'
import { useDialogs } from '../ui/dialogs/dialogs.tsx'
import { PullDialog, PushDialog, RemoveImageDialog, SaveDialog, TagDialog, UntagDialog } from './dialogs/lazy.ts'

/** The actions of an image, by one of its names. `run` has a button of its own. */
export interface ImageActions {
  readonly run: () => void
  readonly groups: readonly (readonly Action[])[]
}

/** Returns the actions of an image. */
export function useImageActions(): (image: Image, reference: string | undefined) => ImageActions {
  const { can } = useEngine()
  const { open } = useDialogs()
  const { createContainer } = useCommands()
  return useMemo(
    () => (image, reference) => {
      const action = (key: string, title: string, render: (close: () => void) => ReactNode): Action => ({
        key,
        title,
        run: () => open(render),
      })
      const named = (make: (name: string) => Action): Action[] => (reference === undefined ? [] : [make(reference)])
      const pull = named((name) => action('pull', _('Pull again…'), (close) => <PullDialog image={name} onClose={close} />))
      const push = action('push', _('Push…'), (close) => <PushDialog image={image} reference={reference} onClose={close} />)
      const save = action('save', _('Save…'), (close) => (
        <SaveDialog references={[reference ?? image.Id]} size={image.Size} onClose={close} />
      ))
      const tag = action('tag', _('Tag…'), (close) => <TagDialog image={image} reference={reference} onClose={close} />)
      const untag = named((name) =>
        action('untag', _('Untag…'), (close) => <UntagDialog image={image} reference={name} onClose={close} />),
      )
      const remove: Action = {
        ...action('remove', _('Remove…'), (close) => <RemoveImageDialog image={image} tag={reference} onClose={close} />),
        danger: true,
        reason: image.ReadOnly ? _('The image is in a read-only store.') : undefined,
      }
      return {
        run: () => createContainer({ image: reference ?? image.Id }),
        groups: [
          [...pull, ...(can.does('image.push') ? [push] : [])],
          image.ReadOnly ? [tag] : [tag, ...untag],
          image.IsManifestList ? [] : [save],
          [remove],
        ],
      }
    },
    [can, open, createContainer],
  )
}
