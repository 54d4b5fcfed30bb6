import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { type Control, encodeControl, isSecret, type ListedSession, type Problem } from '../../protocol/index.ts'
import { type AgentLink, openAgentLink } from './agent-link.ts'
import type { Client } from '../client.ts'
import { budgetOf } from '../tabs/budgets.ts'
import { type ExternalChannel, type ExternalEvents, serveExternal } from '../http/external-channel.ts'
import { sendText } from '../http/headers.ts'
import type { Times } from '../options.ts'
import type { SessionPage } from './session-page.ts'
import { answerRequests, type UserSessions } from './session-requests.ts'
import { digest, newSecret, openSecrets, type SessionSecrets } from './session-secrets.ts'
import { Tab } from '../tabs/tab.ts'
import { rejectWebsocket } from '../tabs/tab-writer.ts'

/** Pages that one session may have open. */
const maxTabs = 32

/** Minimum milliseconds between two updates of a session's activity. */
const activityInterval = 5_000

/** Options and callbacks of a session. */
export interface SessionOptions {
  user: string
  /** Who made it. */
  client: Client
  /** The sessions of the same user. */
  userSessions: UserSessions
  /** Its listed data changed. */
  changed(): void
  /** The agent that the login started. */
  agent?: Duplex
  /** Starts another agent if there is none: the session then outlives its agents. */
  startAgent?: () => Duplex
  times: Times
  /** Called once; `loggedOut` when the user asked for it. */
  ended(problem: Problem, loggedOut: boolean): void
}

/** A login session: one agent and any number of pages. */
export class Session {
  /** The cookie's value. */
  readonly token = newSecret()
  /** Names it in lists; opens nothing. */
  readonly id = randomBytes(12).toString('base64url')
  /** What its pages must have besides the cookie. */
  readonly secrets: SessionSecrets
  readonly #options: SessionOptions
  readonly #tabs = new Map<string, SessionPage>()
  /** Hashes of what the greetings of its pages gave for downloads, by the page's seed. */
  readonly #pageTokens = new Map<string, Buffer>()
  /** Milliseconds since the epoch. */
  readonly since = Date.now()
  #active = Date.now()
  #agent: AgentLink | undefined
  #nextSeed = 1
  #over = false
  #idle: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.secrets = openSecrets(options.times.ticket)
    if (options.agent !== undefined) this.#agent = this.#link(options.agent)
    this.#startIdleTimer(options.times.sessionIdle)
  }

  get user(): string {
    return this.#options.user
  }

  /** The address it was made from. */
  get address(): string {
    return this.#options.client.address
  }

  /** Its entry in the user's list of sessions. */
  listed(current: boolean): ListedSession {
    const { address, browser } = this.#options.client
    const pages = this.#pageTokens.size
    return { id: this.id, since: this.since, active: this.#active, address, browser, pages, current }
  }

  /**
   * Whether `token` opens a download: a ticket, which is used up, or the token in the greeting of a page that is still
   * open, which pages of Cockpit's own client use.
   */
  opensDownload(token: string): boolean {
    if (!isSecret(token)) return false
    const asked = digest(token)
    let known = false
    for (const each of this.#pageTokens.values()) known = timingSafeEqual(each, asked) || known
    return known || this.secrets.redeem(token, 'channel')
  }

  /** Adds a page. */
  attach(socket: WebSocket): void {
    if (this.#over || this.#running() === undefined || this.#tabs.size >= maxTabs) {
      return rejectWebsocket(
        socket,
        encodeControl({ command: 'close', problem: 'access-denied', message: 'This session has too many open pages.' }),
      )
    }
    clearTimeout(this.#idle)
    const { times, user } = this.#options
    const seed = `${this.#nextSeed++}:`
    const token = newSecret()
    const requests = answerRequests(this.secrets, this.#options.userSessions, (answer) => tab.tell(answer))
    this.#pageTokens.set(seed, digest(token))
    const tab: Tab = new Tab(socket, seed, greeting(seed, token), times, budgetOf(user), {
      forward: (message) => this.#agent?.forward(message) ?? true,
      request: (message) => requests.receive(message),
      active: () => this.#recordActivity(),
      send: (control) => this.#agent?.send(control),
      logout: () => this.end('terminated', 'You logged out.', true),
      gone: (clean) => {
        this.#tabs.delete(seed)
        this.#pageTokens.delete(seed)
        requests.close()
        this.#options.changed()
        if (!this.#over) this.#startIdleTimer(clean ? times.sessionIdle : times.sessionDisconnected)
      },
    })
    this.#tabs.set(seed, tab)
    this.#active = Date.now()
    this.#options.changed()
  }

  /** Whether `token` opens an upload: a ticket, which is used up. */
  opensUpload(token: string): boolean {
    return isSecret(token) && this.secrets.redeem(token, 'channel')
  }

  /**
   * Answers a request with the data of a channel, which gets the body of `upload` where that is given. The session lasts at least
   * as long.
   */
  serve(wanted: ExternalChannel, response: ServerResponse, upload?: IncomingMessage): void {
    if (this.#over || this.#running() === undefined || this.#tabs.size >= maxTabs)
      return sendText(response, 503, 'This session has too many open pages and downloads.')
    clearTimeout(this.#idle)
    const seed = `${this.#nextSeed++}:`
    let gone = false
    const events: ExternalEvents = {
      budget: budgetOf(this.#options.user),
      upload,
      send: (control) => this.#agent?.send(control),
      sendData: (channel, pieces) => this.#agent?.sendData(channel, pieces) ?? true,
      gone: () => {
        gone = true
        this.#tabs.delete(seed)
        if (!this.#over) this.#startIdleTimer(this.#options.times.sessionIdle)
      },
    }
    const page = serveExternal(`${seed}1`, wanted, response, events)
    if (!gone) this.#tabs.set(seed, page)
  }

  /** Ends agent and pages. Idempotent. */
  end(problem: Problem, message?: string, loggedOut = false): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#idle)
    for (const tab of this.#tabs.values()) tab.close(problem, message)
    this.#agent?.close()
    this.#options.ended(problem, loggedOut)
  }

  #recordActivity(): void {
    const before = this.#active
    const now = Date.now()
    if (now - before < activityInterval) return
    this.#active = now
    this.#options.changed()
  }

  /** A session without pages ends after a timeout. */
  #startIdleTimer(time: number): void {
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
      data: (channel, message) => this.#tabOf(channel)?.data(channel, message),
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

  #tabOf(channel: string): SessionPage | undefined {
    return this.#tabs.get(channel.slice(0, channel.indexOf(':') + 1))
  }
}

function greeting(seed: string, token: string): Control {
  return {
    command: 'init',
    version: 1,
    'channel-seed': seed,
    host: 'localhost',
    'csrf-token': token,
    capabilities: ['multi', 'credentials', 'binary', 'tickets', 'sessions', 'uploads'],
    system: { version: '337' },
  }
}
