import type { Payload } from '../channel.ts'
import { dbusJson3 } from './dbus-json3.ts'
import { echo } from './echo.ts'
import { fsinfo } from './fsinfo.ts'
import { fslist1 } from './fslist1.ts'
import { fsread1 } from './fsread1.ts'
import { fswatch1 } from './fswatch1.ts'
import { httpStream1 } from './http-stream1.ts'
import { httpStream2 } from './http-stream2.ts'
import { info } from './info.ts'
import { metrics1 } from './metrics1.ts'
import { nothing } from './null.ts'
import { stream } from './stream.ts'

/** The default payloads of an agent: one line each. */
export const payloads: Readonly<Record<string, Payload>> = {
  'dbus-json3': dbusJson3,
  echo,
  fsinfo,
  fslist1,
  fsread1,
  fswatch1,
  'http-stream1': httpStream1,
  'http-stream2': httpStream2,
  info,
  metrics1,
  null: nothing,
  stream,
}
