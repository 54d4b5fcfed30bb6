import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Control, encodeControl, type Problem } from '../protocol/index.ts'
import { type AgentLink, openAgentLink } from './agent-link.ts'
import { type ExternalChannel, serveExternal } from './external-channel.ts'
import { sendText } from './headers.ts'
import type { Times } from './options.ts'
import type { SessionPage } from './session-page.ts'
import { Tab } from './tab.ts'

/** Pages that one session may have open. */
const maxTabs = 32

/** How a session gets its agent, and whom it tells that it is over. */
export interface SessionOptions {
  user: string
  /** The agent that the login started. */
  agent?: Duplex
  /** Starts another agent when there is none: the session then outlives its agents. */
  startAgent?: () => Duplex
  times: Times
  /** Called once. */
  ended(problem: Problem): void
}

/** A login session: one agent and any number of pages. */
export class Session {
  /** The cookie's value. */
  readonly token = randomBytes(32).toString('base64url')
  readonly csrfToken = randomBytes(32).toString('base64url')
  readonly #options: SessionOptions
  readonly #tabs = new Map<string, SessionPage>()
  #agent: AgentLink | undefined
  #nextSeed = 1
  #over = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    if (options.agent !== undefined) this.#agent = this.#link(options.agent)
    this.#waitForPage(options.times.unused)
  }

  /** Adds a page. */
  attach(socket: WebSocket): void {
    if (this.#over || this.#running() === undefined || this.#tabs.size >= maxTabs) {
      socket.send(
        `\n${encodeControl({ command: 'close', problem: 'access-denied', message: 'This session has no room for another page.' })}`,
      )
      socket.close(1000)
      return
    }
    clearTimeout(this.#idle)
    const { times } = this.#options
    const seed = `${this.#nextSeed++}:`
    const tab = new Tab(socket, seed, greeting(seed, this.csrfToken), times, {
      forward: (message) => this.#agent?.forward(message) ?? true,
      send: (control) => this.#agent?.send(control),
      logout: () => this.end('terminated', 'You logged out.'),
      caughtUp: () => this.#catchUp(),
      gone: (left) => {
        this.#tabs.delete(seed)
        this.#catchUp()
        if (!this.#over) this.#waitForPage(left ? times.unused : times.cutOff)
      },
    })
    this.#tabs.set(seed, tab)
  }

  /** Answers a request with what a channel gives. The session stays at least as long. */
  serve(wanted: ExternalChannel, response: ServerResponse): void {
    if (this.#over || this.#running() === undefined || this.#tabs.size >= maxTabs)
      return sendText(response, 503, 'This session has no room for another download.')
    clearTimeout(this.#idle)
    const seed = `${this.#nextSeed++}:`
    let gone = false
    const page = serveExternal(`${seed}1`, wanted, response, {
      send: (control) => this.#agent?.send(control),
      gone: () => {
        gone = true
        this.#tabs.delete(seed)
        if (!this.#over) this.#waitForPage(this.#options.times.unused)
      },
    })
    if (!gone) this.#tabs.set(seed, page)
  }

  /** Ends agent and pages. Idempotent. */
  end(problem: Problem, message?: string): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#idle)
    for (const tab of this.#tabs.values()) tab.close(problem, message)
    this.#agent?.close()
    this.#options.ended(problem)
  }

  /** A session that nobody looks at does not stay. */
  #waitForPage(time: number): void {
    clearTimeout(this.#idle)
    if (this.#tabs.size === 0) this.#idle = setTimeout(() => this.end('timeout'), time)
  }

  #running(): AgentLink | undefined {
    const { startAgent } = this.#options
    if (this.#agent === undefined && startAgent !== undefined) this.#agent = this.#link(startAgent())
    return this.#agent
  }

  #link(duplex: Duplex): AgentLink {
    const link: AgentLink = openAgentLink(duplex, 'localhost', {
      data: (channel, message) => {
        const tab = this.#tabOf(channel)
        tab?.data(channel, message)
        if (tab?.behind === true) link.pause()
      },
      control: (control, message) => {
        if (control.channel !== undefined) this.#tabOf(control.channel)?.control(control, message)
        else if (control.command === 'ping') link.send({ ...control, command: 'pong' })
      },
      drained: () => {
        for (const tab of this.#tabs.values()) tab.drained()
      },
      ended: (problem, message) => this.#agentEnded(problem, message),
    })
    return link
  }

  #agentEnded(problem: Problem, message: string): void {
    this.#agent = undefined
    if (this.#options.startAgent === undefined) return this.end(problem, message)
    for (const tab of this.#tabs.values()) tab.close('disconnected', message)
  }

  /** The agent is read again once no page is behind with it. */
  #catchUp(): void {
    for (const tab of this.#tabs.values()) if (tab.behind) return
    this.#agent?.resume()
  }

  #tabOf(channel: string): SessionPage | undefined {
    return this.#tabs.get(channel.slice(0, channel.indexOf(':') + 1))
  }
}

function greeting(seed: string, csrfToken: string): Control {
  return {
    command: 'init',
    version: 1,
    'channel-seed': seed,
    host: 'localhost',
    'csrf-token': csrfToken,
    capabilities: ['multi', 'credentials', 'binary'],
    system: { version: '337' },
  }
}
