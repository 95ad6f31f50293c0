import { clusterConformance, transportConformance } from "@scaler-ts/testkit/conformance"
import { setup } from "./memory.ts"

transportConformance("memory", { setup })
clusterConformance("memory", { setup })
