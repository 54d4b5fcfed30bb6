import type { Json } from '../../protocol/index.ts'
import type { AgentServices } from '../channel.ts'

/** A D-Bus failure: an error name and a text. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly bus: string

  constructor(bus: string, message: string) {
    super(message)
    this.bus = bus
  }
}

/** A method of an internal object: D-Bus signatures, and what it does. */
export interface BusMethod {
  in: string[]
  out: string[]
  /** The out arguments. @throws BusError */
  call(args: Json[], agent: AgentServices): Json[]
}

/** A property of an internal object. */
export interface BusProperty {
  /** D-Bus signature. */
  type: string
  get(agent: AgentServices): Json
}

/** An object on the bus `internal`: one interface at one path. */
export interface BusObject {
  path: string
  interface: string
  methods: Readonly<Record<string, BusMethod>>
  properties: Readonly<Record<string, BusProperty>>
  signals?: Readonly<Record<string, string[]>>
}
