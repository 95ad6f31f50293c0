import { stormTests } from "../support/stormTests.ts"

stormTests("process", { cancels: 4_000, kills: 250 })
