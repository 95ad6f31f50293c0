import { stormTests } from "../support/stormTests.ts"

stormTests("thread", { cancels: 6_000, kills: 250 })
