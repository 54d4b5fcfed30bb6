import { act, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { ProblemError } from 'cockpit-ts-bridge/client'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { EngineError } from '../../engine/errors/index.ts'
import { navigate } from '../hooks/route.ts'
import { fakeHost } from '../testing/fake-host.ts'
import { createFakeBackend } from '../testing/fake-backend.ts'
import { createFakeEngine } from '../testing/fake-engine.ts'
import { renderConsole } from '../testing/render.tsx'
import { Root } from './root.tsx'

const server = setupServer()
beforeAll(() => server.listen())
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

/** A console that lets alice in after a question, and what it was asked. */
function loginHandlers() {
  const asked: string[] = []
  const handler = http.get('*/cockpit/login', ({ request }) => {
    const header = request.headers.get('Authorization') ?? ''
    asked.push(header.split(' ')[0]!)
    if (header === `Basic ${btoa('alice:secret')}`)
      return new HttpResponse(null, {
        status: 401,
        headers: { 'WWW-Authenticate': `X-Conversation 7 ${btoa('One-time code: ')}` },
      })
    if (header === `X-Conversation 7 ${btoa('123456')}`) return HttpResponse.json({ 'csrf-token': 'x' })
    return HttpResponse.json({ problem: 'authentication-failed', message: 'no' }, { status: 401 })
  })
  server.use(handler)
  return asked
}

test('logging in: refused with a message, asked a question, and logged in', async () => {
  const asked = loginHandlers()
  let session = false
  const fake = createFakeEngine(fakeHost())
  const connect = async () => {
    if (!session) throw new ProblemError('no-session', 'Nobody is logged in.')
    return createFakeBackend(fake)
  }
  const user = userEvent.setup()
  render(<Root connect={connect} />)
  await user.type(await screen.findByLabelText('User name'), 'alice')
  await user.type(screen.getByLabelText('Password'), 'wrong{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('Wrong user name or password.')
  expect(screen.getByLabelText('Password')).toHaveProperty('value', '')
  await user.type(screen.getByLabelText('Password'), 'secret{Enter}')
  const code = await screen.findByLabelText('One-time code:')
  session = true
  await user.type(code, '123456{Enter}')
  expect(await screen.findByRole('button', { name: 'alice' })).toBeTruthy()
  expect(asked).toEqual(['Basic', 'Basic', 'X-Conversation'])
})

test('a console that does not respond is reported', async () => {
  server.use(http.get('*/cockpit/login', () => HttpResponse.error()))
  const user = userEvent.setup()
  render(<Root connect={async () => Promise.reject(new ProblemError('no-session', ''))} />)
  await user.type(await screen.findByLabelText('User name'), 'alice')
  await user.type(screen.getByLabelText('Password'), 'x{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('does not respond')
})

test('the end of the session leads to the login, with the reason', async () => {
  const backend = createFakeBackend(createFakeEngine(fakeHost()))
  render(<Root connect={async () => backend} />)
  await screen.findByRole('button', { name: 'alice' })
  act(() => backend.connection.set('ended'))
  expect(await screen.findByText('The session has ended. Log in again.')).toBeTruthy()
})

test('a lost connection is shown while it lasts, and data stays', async () => {
  const { backend } = renderConsole(createFakeEngine(fakeHost()), '#/containers')
  await screen.findByRole('link', { name: 'proxy' })
  act(() => backend.connection.set('lost'))
  expect(screen.getByText(/The connection to the console was lost/)).toBeTruthy()
  expect(screen.getByRole('link', { name: 'proxy' })).toBeTruthy()
  act(() => backend.connection.set('connected'))
  expect(screen.queryByText(/The connection to the console was lost/)).toBeNull()
})

test('an unreachable engine is reported, and can be retried', async () => {
  let broken = true
  const host = fakeHost()
  const fake = createFakeEngine(host, {
    'system.info': async () => {
      if (broken) throw new EngineError('EngineUnreachable', 'The engine of alice ended.')
      return host.info
    },
  })
  const { user } = renderConsole(fake)
  expect(await screen.findByText('The engine of alice ended.')).toBeTruthy()
  broken = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { name: 'harbour.example.org' })).toBeTruthy()
})

test('the overview shows counts, and the host’s limitations', async () => {
  const host = fakeHost()
  const info = { ...host.info, berth: { version: '0.1.0', features: [], notes: ['No control group was delegated to alice.'] } }
  const { user } = renderConsole(createFakeEngine({ ...host, info }))
  const counts = within(await screen.findByRole('list', { name: 'Summary' }))
  await waitFor(() => expect(counts.getByText('Running containers').closest('li')!.textContent).toContain('7'))
  expect(counts.getByText('Stopped containers').closest('li')!.textContent).toContain('2')
  await user.click(screen.getByRole('button', { name: /Limitations/ }))
  expect(screen.getByText('No control group was delegated to alice.')).toBeTruthy()
})

test('the user menu logs out', async () => {
  const { user, out } = renderConsole(createFakeEngine(fakeHost()))
  await user.click(await screen.findByRole('button', { name: 'alice' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Log out' }))
  expect(out).toEqual(['logged out'])
})

test('details are tabs that can be linked to; a chart can be read as a table', async () => {
  const host = fakeHost()
  const id = host.containers.find(({ Names }) => Names[0] === 'proxy')!.Id
  const { user } = renderConsole(createFakeEngine(host), `#/containers/${id}?tab=logs`)
  expect((await screen.findByRole('tab', { name: 'Logs' })).getAttribute('aria-selected')).toBe('true')
  expect(await screen.findByText(/ready for start up of proxy/)).toBeTruthy()
  await user.click(screen.getByRole('tab', { name: 'Resources' }))
  expect(window.location.hash).toContain('tab=resources')
  await user.click(await screen.findByRole('button', { name: 'CPU as a table' }))
  expect(await screen.findByRole('table', { name: 'CPU' })).toBeTruthy()
  expect(screen.getByText('Maximum')).toBeTruthy()
})

test('a removed container shows a message with a way back', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/containers/nothing')
  expect(await screen.findByText('Container not found')).toBeTruthy()
})

test('an address without a page says so, with a way back', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/nosuch/thing')
  expect(await screen.findByText('Page not found')).toBeTruthy()
  expect(document.title).toContain('Page not found')
  await user.click(screen.getByRole('link', { name: 'Go to the overview' }))
  expect(await screen.findByRole('heading', { name: 'harbour.example.org' })).toBeTruthy()
})

test('another place is shown from its top, and going back leads to where one was', async () => {
  const { user } = renderConsole(createFakeEngine(fakeHost()), '#/images')
  const [link] = await screen.findAllByRole('link', { name: /trainer/ })
  const box = document.getElementById('berth-main')!
  box.scrollTop = 700
  box.dispatchEvent(new Event('scroll'))
  await user.click(link!)
  expect(await screen.findByRole('heading', { name: 'localhost/trainer:cuda', level: 1 })).toBeTruthy()
  expect(box.scrollTop).toBe(0)
  act(() => {
    window.history.replaceState(null, '', '#/images')
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  expect(await screen.findByRole('heading', { name: 'Images', level: 1 })).toBeTruthy()
  expect(box.scrollTop).toBe(700)
})

test('a list that scrolls by itself is where it was after going back', async () => {
  renderConsole(createFakeEngine(fakeHost()), '#/containers')
  const list = () => document.querySelector<HTMLElement>('.berth-table-scroll')!
  await screen.findByRole('table', { name: 'Containers' })
  list().scrollTop = 300
  list().dispatchEvent(new Event('scroll'))
  act(() => navigate('#/audit'))
  await screen.findByRole('heading', { name: 'Audit log', level: 1 })
  act(() => {
    window.history.replaceState(null, '', '#/containers')
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  await screen.findByRole('table', { name: 'Containers' })
  expect(list().scrollTop).toBe(300)
  act(() => navigate('#/audit'))
  await screen.findByRole('heading', { name: 'Audit log', level: 1 })
  act(() => navigate('#/containers'))
  await screen.findByRole('table', { name: 'Containers' })
  expect(list().scrollTop).toBe(0)
})

test('the user menu lists the sessions; one of them, then all others are ended', async () => {
  const { user, out } = renderConsole(createFakeEngine(fakeHost()))
  await user.click(await screen.findByRole('button', { name: 'alice' }))
  await user.click(await screen.findByRole('menuitem', { name: 'Sessions…' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Sessions' }))
  const row = await dialog.findByRole('row', { name: /Chrome 140, Linux/ })
  expect(within(row).getByText('Current session')).toBeTruthy()
  expect(dialog.getAllByRole('row')).toHaveLength(4)
  await user.click(dialog.getByRole('button', { name: 'End session: Safari 18, iOS from 192.168.7.31' }))
  await waitFor(() => expect(dialog.queryByText('Safari 18, iOS')).toBeNull())
  await user.click(dialog.getByRole('button', { name: 'End all other sessions' }))
  await waitFor(() => expect(dialog.getAllByRole('row')).toHaveLength(2))
  await user.click(dialog.getByRole('button', { name: /^End session/ }))
  expect(out).toEqual(['logged out'])
})
