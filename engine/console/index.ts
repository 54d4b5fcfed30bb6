export { type ConsoleOptions, runConsole } from './console.ts'
export { consoleDefaults } from './console-options.ts'
