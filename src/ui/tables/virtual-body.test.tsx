import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'

import { VirtualBody } from './virtual-body.tsx'

function Rows({ names }: { names: readonly string[] }) {
  return (
    <table>
      <VirtualBody
        keys={names}
        estimate={20}
        columns={1}
        row={(index, position, slot) => (
          <tr key={slot} data-row={names[index]} aria-rowindex={position}>
            <td>
              <button type="button">{`Stop ${names[index]}`}</button>
            </td>
          </tr>
        )}
      />
    </table>
  )
}

const stop = (name: string) => screen.getByRole('button', { name: `Stop ${name}` })

test('a row that comes takes over the elements of one that is gone', () => {
  const { rerender } = render(<Rows names={['web', 'db']} />)
  const web = stop('web')
  rerender(<Rows names={['cache', 'db']} />)
  expect(stop('cache')).toBe(web)
})

test('the button with the focus never becomes another row’s', () => {
  const { rerender } = render(<Rows names={['web', 'db']} />)
  stop('web').focus()
  rerender(<Rows names={['cache', 'db']} />)
  expect(document.activeElement).not.toBe(stop('cache'))
  expect(document.activeElement).toBe(document.body)
})

test('nor does one that is pressed', () => {
  const { rerender } = render(<Rows names={['web', 'db']} />)
  const web = stop('web')
  web.dispatchEvent(new Event('pointerdown', { bubbles: true }))
  rerender(<Rows names={['cache', 'db']} />)
  expect(web.isConnected).toBe(false)
  window.dispatchEvent(new Event('pointerup'))
})
