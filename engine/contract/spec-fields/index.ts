export { containerFields } from './container.ts'
export { podFields } from './pod.ts'
export { done, type FieldState, refused, type SpecField, type SpecFields } from './state.ts'
