import type {
  AuditRecord,
  ContainerSummary,
  Event,
  Info,
  Network,
  PodSummary,
  Secret,
  StatsReport,
  Task,
  Volume,
} from '../../engine/contract/index.ts'
import type { Image } from '../engine/live/live-data.ts'
import { type Channel, createChannel } from './channel.ts'

/** The state of a fake engine; operations change it as the real ones would. */
export interface FakeState {
  containers: ContainerSummary[]
  pods: PodSummary[]
  images: Image[]
  info: Info
  /** None if not given. */
  volumes?: Volume[]
  /** Names of the containers that mount a volume, by its name. */
  volumeUsers?: Record<string, string[]>
  secrets?: Secret[]
  /** The default one and `back` if not given. */
  networks?: Network[]
  /** The newest first; a few of every kind if not given. */
  audit?: AuditRecord[]
  /** Tasks that are there from the beginning. */
  tasks?: Task[]
}

/** What the fake's operations share. */
export interface FakeWorld {
  state: FakeState
  /** Sends an event to all event streams. */
  emit(type: string, action: string, id: string, name: string): void
  eventStreams: Set<Channel<Event>>
  statsStreams: Set<Channel<StatsReport>>
  /** Adds a record to the audit log, once it is being followed. */
  noteAudit?: (record: AuditRecord) => void
}

/** Opens a stream that is in `streams` until it ends. */
export function openStream<T>(streams: Set<Channel<T>>, signal: AbortSignal | undefined): Channel<T> {
  const stream: Channel<T> = createChannel<T>(signal, () => streams.delete(stream))
  streams.add(stream)
  return stream
}
