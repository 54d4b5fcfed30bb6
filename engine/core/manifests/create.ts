import { EngineError } from '../../errors/index.ts'
import { randomId } from '../../lib/random-id.ts'
import { imageById, imageName, isManifestList, putImageName } from '../../store/index.ts'
import type { Context } from '../context.ts'
import { localName } from '../images/resolve/names.ts'
import { withSharedLock } from '../images/store/image-store.ts'
import type { Verb } from '../verb.ts'
import { accessOf } from '../images/transports/access-of.ts'
import { addMember, changeList, type Draft, emptyDraft, saveList } from './change.ts'
import { type Member, readMembers } from './member.ts'
import { prepareUpdate } from './modify.ts'
import { toAnnotations } from './annotations.ts'

/** Makes a list, with images in it or empty; with `amend`, adds to an existing one. On failure nothing is created. */
export const create: Verb<'manifest.create'> = async (context, input, options) => {
  const name = localName(input.name)
  const annotations = { ...input.annotations, ...toAnnotations(input.annotation) }
  const taken = findTaken(context, name, input.amend)
  const access = accessOf(input, options.signal)
  const members: Member[] = []
  for (const image of input.images) members.push(...(await readMembers(context, image, input.all, access)))
  const update = await prepareUpdate(context, input.body, access)
  const fill = async (draft: Draft) => {
    for (const member of members) addMember(context, draft, member)
    if (Object.keys(annotations).length > 0) draft.list.annotations = { ...draft.list.annotations, ...annotations }
    await update(draft)
  }
  if (taken !== undefined) {
    const { id } = await changeList(context, taken, fill)
    return { Id: id }
  }
  const id = randomId()
  await withSharedLock(context, async () => {
    const draft = emptyDraft()
    await fill(draft)
    await saveList(context, { id }, draft, (digest) => {
      findTaken(context, name, false)
      putImageName(context.database, { name, image: id, digest })
    })
  })
  context.emit({ type: 'image', status: 'tag', id, name })
  return { Id: id }
}

/** The id of the list that has the name, if it may be added to. @throws ImageExists */
function findTaken({ database }: Context, name: string, amend: boolean): string | undefined {
  const found = imageName(database, name)
  const record = found && imageById(database, found.image)
  if (!record) return undefined
  if (amend && isManifestList(record)) return record.id
  throw new EngineError(
    'ImageExists',
    `image name "${name}" is already associated with image "${record.id}": that name is already in use${isManifestList(record) ? ', or use --amend to add to the list' : ''}`,
    { details: { name, id: record.id } },
  )
}
