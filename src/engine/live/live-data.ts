import type {
  ContainerSummary,
  Engine,
  Event,
  OperationName,
  Output,
  PodSummary,
  Secret,
  Volume,
  VolumeUsage,
} from '../../../engine/contract/index.ts'
import { createEventFeed, type EventFeed } from './event-feed.ts'
import { createListing, type ListingStore } from './listing.ts'
import { createStatsFeed, type StatsFeed } from './stats-feed.ts'
import { createUpdates, type Updates } from './updates.ts'

export type { ContainerSummary, PodSummary, Secret, Volume, VolumeUsage }
export type Image = Output<'image.list'>[number]
export type Network = Output<'network.list'>[number]

/** The page's data, kept current by one event stream and one stats stream. Nothing is read without subscribers. */
export interface LiveData {
  readonly events: EventFeed
  readonly containers: ListingStore<ContainerSummary>
  readonly pods: ListingStore<PodSummary>
  readonly images: ListingStore<Image>
  readonly volumes: ListingStore<Volume>
  /** How much volumes hold, and who uses them. Measuring takes time, so it is a listing of its own. */
  readonly volumeUsage: ListingStore<VolumeUsage>
  readonly secrets: ListingStore<Secret>
  /** With the containers that run in each. */
  readonly networks: ListingStore<Network>
  readonly stats: StatsFeed
  readonly updates: Updates
}

/** Events that do not change a list. */
const ignoredActions = new Set(['exec', 'exec_create', 'exec_start', 'exec_died', 'attach', 'health_status', 'sync'])

/** Events of containers after which others use a volume, or one may hold more, or others are in a network. */
const usersChange = new Set(['create', 'remove', 'died', 'rename', 'start'])

const changes = (...types: string[]) => {
  const set = new Set(types)
  return (event: Event) => set.has(event.Type) && !ignoredActions.has(event.Action)
}

/** Whether a check found something new. Every check is told, and most change nothing. */
function changesHealth({ Action, Actor, HealthStatus }: Event, containers: readonly ContainerSummary[] = []): boolean {
  if (Action !== 'health_status' || HealthStatus === undefined) return false
  const known = containers.find(({ Id }) => Id === Actor.ID)
  return known !== undefined && known.Status !== HealthStatus
}

/**
 * Creates the page's data; stored parts are stored per `account`. `does`, whether the engine has an operation, is asked when figures are
 * looked at for the first time.
 */
export function createLiveData(engine: Engine, account = '', does: (operation: OperationName) => boolean = () => true): LiveData {
  const events = createEventFeed(engine)
  const changesContainers = changes('container', 'pod')
  let stats: StatsFeed | undefined
  const containers: ListingStore<ContainerSummary> = createListing({
    list: (options) => engine['container.list']({ all: true }, options),
    key: (container) => container.Id,
    events,
    touches: (event) => changesContainers(event) || changesHealth(event, containers.get().items),
  })
  return {
    events,
    containers,
    pods: createListing({
      list: (options) => engine['pod.list']({}, options),
      key: (pod) => pod.Id,
      events,
      touches: changes('container', 'pod'),
    }),
    images: createListing({
      list: (options) => engine['image.list']({}, options),
      key: (image) => image.Id,
      events,
      touches: (event) => changes('image')(event) || (event.Type === 'container' && ['create', 'remove'].includes(event.Action)),
    }),
    get stats() {
      return (stats ??= createStatsFeed(engine, does('usage.live')))
    },
    ...createStoreListings(engine, events, does),
    updates: createUpdates(engine, account),
  }
}

/** What containers use besides images. */
function createStoreListings(
  engine: Engine,
  events: EventFeed,
  does: (operation: OperationName) => boolean,
): Pick<LiveData, 'volumes' | 'volumeUsage' | 'secrets' | 'networks'> {
  const withUsers = (type: string) => {
    const own = changes(type)
    return (event: Event) => own(event) || (event.Type === 'container' && usersChange.has(event.Action))
  }
  return {
    volumes: createListing({
      list: (options) => engine['volume.list']({}, options),
      key: (volume) => volume.Name,
      events,
      touches: changes('volume'),
    }),
    volumeUsage: createListing({
      list: (options) => (does('volume.usage') ? engine['volume.usage']({}, options) : Promise.resolve([])),
      key: (usage) => usage.Name,
      events,
      touches: withUsers('volume'),
    }),
    secrets: createListing({
      list: (options) => engine['secret.list']({}, options),
      key: (secret) => secret.ID,
      events,
      touches: changes('secret'),
    }),
    networks: createListing({
      list: (options) => engine['network.list']({ containers: true }, options),
      key: (network) => network.id,
      events,
      touches: withUsers('network'),
    }),
  }
}
