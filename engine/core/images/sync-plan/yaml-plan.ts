import { EngineError } from '../../../errors/index.ts'
import { isDigest, parseReference, qualify, type Reference } from '../../../image/index.ts'
import { goRegExp } from '../../filters/go-regexp.ts'
import { imagesOf, named, type Search, sourceFields, type SyncGroup, type SyncImage } from './search.ts'
import { parseConstraint, parseVersion } from './semver.ts'
import { readYamlSource, type RegistryList } from './yaml-source.ts'

const tagPattern = /^\w[\w.-]{0,127}$/

type Keep = (tag: string) => boolean

/**
 * The images that a YAML file lists. An error in one repository becomes a notice, and the others are used.
 * @throws InvalidArgument, NotFound
 */
export async function planYaml(search: Search): Promise<SyncGroup[]> {
  const groups: SyncGroup[] = []
  for (const list of await readYamlSource(search.input.source)) {
    const { registry } = list
    if (list.images.length + list.byRegex.length + list.bySemver.length === 0) {
      search.note('warning', 'No images specified for registry', { registry })
      continue
    }
    for (const [repo, tags] of list.images)
      await addRepository(search, list, repo, groups, (repository) => listed(search, list, repo, repository, tags))
    await addFiltered(search, list, list.byRegex, groups, regexFilter)
    await addFiltered(search, list, list.bySemver, groups, semverFilter)
  }
  return groups
}

/** Adds what `find` returns, or a notice with its error. */
async function addRepository(
  { note }: Search,
  list: RegistryList,
  repo: string,
  groups: SyncGroup[],
  find: (repository: Reference) => Promise<SyncImage[]>,
): Promise<void> {
  const about = { registry: list.registry, repo }
  let images: SyncImage[]
  try {
    const repository = qualify(parseReference(`${list.registry}/${repo}`), list.registry)
    if (repository.tag !== undefined || repository.digest !== undefined)
      throw new EngineError('ImageReferenceInvalid', `${list.registry}/${repo} is not a repository: it has a tag or a digest.`)
    note('info', 'Processing repo', about)
    images = await find(repository)
  } catch (error) {
    if (EngineError.is(error, 'Cancelled')) throw error
    note('error', 'Error processing repo, skipping', about)
    note('error', EngineError.from(error).message)
    return
  }
  if (images.length === 0) note('warning', 'No refs to sync found', about)
  else groups.push({ images, access: accessOf(list) })
}

async function listed(
  search: Search,
  list: RegistryList,
  repo: string,
  repository: Reference,
  tags: string[],
): Promise<SyncImage[]> {
  if (tags.length === 0) return allOf(search, list, repo, repository)
  const images: SyncImage[] = []
  for (const ref of tags) {
    if (isDigest(ref)) images.push(named({ ...repository, digest: ref }))
    else if (tagPattern.test(ref)) images.push(named({ ...repository, tag: ref }))
    else {
      search.note('error', 'Error parsing ref, skipping', { ref })
      search.note('error', 'invalid tag format')
    }
  }
  return images
}

function allOf(search: Search, list: RegistryList, repo: string, repository: Reference): Promise<SyncImage[]> {
  search.note('info', 'Querying registry for image tags', { registry: list.registry, repo })
  const fields = sourceFields(search.input)
  const { srcCredentials, srcTlsVerify, srcCertDir } = accessOf(list)
  return imagesOf(search, repository, {
    ...fields,
    ...(srcCredentials === undefined ? {} : { credentials: srcCredentials }),
    ...(srcTlsVerify === undefined ? {} : { tlsVerify: srcTlsVerify }),
    ...(srcCertDir === undefined ? {} : { certDir: srcCertDir }),
  })
}

async function addFiltered(
  search: Search,
  list: RegistryList,
  filters: readonly [string, string][],
  groups: SyncGroup[],
  makeFilter: (text: string) => Keep | Promise<Keep>,
): Promise<void> {
  const keeps = new Map<string, Keep>()
  try {
    for (const [repo, text] of filters) keeps.set(repo, await makeFilter(text))
  } catch (error) {
    search.note('error', EngineError.from(error).message)
    return
  }
  for (const [repo, keep] of keeps)
    await addRepository(search, list, repo, groups, async (repository) =>
      (await allOf(search, list, repo, repository)).filter(({ source }) => keep(source.slice(source.lastIndexOf(':') + 1))),
    )
}

async function regexFilter(text: string): Promise<Keep> {
  const pattern = await goRegExp(text)
  return (tag) => pattern.test(tag)
}

function semverFilter(text: string): Keep {
  const fits = parseConstraint(text)
  return (tag) => {
    const version = parseVersion(tag)
    return version !== undefined && fits(version)
  }
}

function accessOf({ credentials, tlsVerify, certDir }: RegistryList): SyncGroup['access'] {
  return {
    ...(credentials ? { srcCredentials: `${credentials.username}:${credentials.password}` } : {}),
    ...(tlsVerify === undefined ? {} : { srcTlsVerify: tlsVerify }),
    ...(certDir === undefined ? {} : { srcCertDir: certDir }),
  }
}
