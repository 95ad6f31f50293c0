import { clusterConformance, transportConformance } from "@scaler-ts/testkit/conformance"
import { curve, ipc, tcp } from "./zmq.ts"

transportConformance("zmq tcp", { setup: tcp })
clusterConformance("zmq tcp", { setup: tcp })
transportConformance("zmq tcp with keys", { setup: curve })
clusterConformance("zmq tcp with keys", { setup: curve })
transportConformance("zmq ipc", { setup: ipc })
clusterConformance("zmq ipc", { setup: ipc })
