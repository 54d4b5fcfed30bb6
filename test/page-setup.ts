import { cleanup, configure } from '@testing-library/react'
import * as React from 'react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// A loaded machine draws a table of a hundred rows slowly.
configure({ asyncUtilTimeout: 10_000 })

// happy-dom lays nothing out; without a box PatternFly's dialogs take every control for hidden.
HTMLElement.prototype.getClientRects = function getClientRects() {
  return [this.getBoundingClientRect()] as unknown as DOMRectList
}

// happy-dom writes out all that is in an element, as no browser does; what places menus asks each element whether it is a window by this.
Element.prototype.toString = function toString() {
  return `[object ${this.constructor.name}]`
}

// React's development build takes the stack of the maker of each element, up to so many a second: an eighth of the time of these tests.
const internals = Reflect.get(React, '__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE') as object
Object.defineProperty(internals, 'recentlyCreatedOwnerStacks', { get: () => Infinity, set: () => {} })
