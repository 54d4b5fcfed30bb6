/** History of resource use: one recorder per host, or per user, writes rings on disk and serves each user theirs. */
export { readRecorder, recorderStatus } from './client.ts'
export { type ContainerMeter, openContainerMeter } from './container-meter.ts'
export { hostSocket, type RecordedSeries, type RecorderKind, type RecorderStatus } from './protocol.ts'
export { longestHistory } from './ring.ts'
export { runRecorder, type RunningRecorder } from './run-recorder.ts'
export { type Sample, type SampleField, sampleFields } from './sample.ts'
