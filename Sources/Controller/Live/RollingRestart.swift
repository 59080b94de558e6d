import Document
import Injection
import Kubernetes
import KubernetesClient
import LiveConfiguration
import Logging
import Membership
import Telemetry
import Transport
import VerneMQ
import Workload

/// Restarts brokers, one at a time, when settings wait for it and the user wants that (`restartPolicy: Rolling`). The broker
/// ends, and kubelet starts its container again, with the boot Secret as it is now: the pod and its volumes stay, the
/// template does not change, nobody leaves the cluster.
///
/// Belongs to the loop of its client.
final class RollingRestart {
    private let context: ControllerContext
    private let exec: any BrokerExec
    private let probe: StatusProbe
    private let restarted: MetricFamily<Counter>

    /// A broker that has been up for less is not restarted again: kubelet may have started it with the Secret before, and
    /// would soon let it wait longer and longer.
    private static let rest: Duration = .seconds(600)

    init(_ context: ControllerContext, exec: any BrokerExec, restarted: MetricFamily<Counter>) {
        self.context = context
        self.exec = exec
        probe = StatusProbe(on: context.client.loop)
        self.restarted = restarted
    }

    /// Restarts the next broker if there is one to restart and the cluster is whole.
    ///
    /// - Returns: whether there is more to do, so that it is worth looking soon.
    func advance(_ pods: [JSONValue], _ request: LiveRequest, _ report: LiveReport) async -> Bool {
        guard request.restartsBrokers, request.settings.errors.isEmpty else { return false }
        let candidates = pods.compactMap { pod -> (ordinal: Int, pod: JSONValue)? in
            let name = ObjectView(pod).name ?? ""
            guard report.brokers[name]?.restartRequired?.isEmpty == false, let hyphen = name.lastIndex(of: "-"),
                let ordinal = Int(name[name.index(after: hyphen)...]), hasRested(pod, request.container)
            else { return nil }
            return (ordinal, pod)
        }
        guard let next = candidates.max(by: { $0.ordinal < $1.ordinal })?.pod else { return false }
        guard await isWhole(pods, request) else { return true }
        await restart(next, request, report)
        return true
    }

    private func hasRested(_ pod: JSONValue, _ container: String) -> Bool {
        let statuses = pod["status"]?["containerStatuses"]?.arrayValue ?? []
        let status = statuses.first { $0["name"]?.stringValue == container }
        guard let text = status?["state"]?["running"]?["startedAt"]?.stringValue, let start = Timestamp(text) else {
            return false
        }
        return Int64(Timestamp.now.seconds - start.seconds) >= Self.rest.components.seconds
    }

    /// Whether every pod that there shall be is there and ready, and every broker sees all of them running, and nobody else.
    private func isWhole(_ pods: [JSONValue], _ request: LiveRequest) async -> Bool {
        let set = request.statefulSet
        let view = ObjectView(set)
        let wanted = set["spec"]?["replicas"]?.integerValue ?? 1
        guard pods.count == wanted, pods.allSatisfy({ $0.isReadyPod && !ObjectView($0).isBeingDeleted }),
            set["status"]?["currentRevision"] == set["status"]?["updateRevision"]
        else { return false }
        let naming = NodeNaming(
            set: view.name ?? "",
            service: set["spec"]?["serviceName"]?.stringValue ?? "",
            namespace: view.namespace ?? "",
            domain: view.annotation(Annotation.clusterDomain.name) ?? "cluster.local"
        )
        let nodes = Set(pods.compactMap { naming.ordinal(ofPod: ObjectView($0).name ?? "").map(naming.node) })
        let port = ListenerEnvironment.http(in: InjectionState(of: set).broker?["env"]?.arrayValue ?? []).port
        for pod in pods {
            guard let address = pod["status"]?["podIP"]?.stringValue,
                let ordinal = naming.ordinal(ofPod: ObjectView(pod).name ?? "")
            else { return false }
            do {
                let bytes = try await probe.ask(address, port: port)
                let members = try BrokerView(parsing: bytes, of: naming.node(ordinal)).members
                guard Set(members.keys) == nodes, members.values.allSatisfy({ $0 }) else { return false }
            } catch {
                context.logger.debug("broker not asked", metadata: ["reason": "\(error)"])
                return false
            }
        }
        return true
    }

    private func restart(_ pod: JSONValue, _ request: LiveRequest, _ report: LiveReport) async {
        let name = ObjectView(pod).name ?? ""
        guard let target = BrokerTarget(pod, of: request.statefulSet, container: request.container) else { return }
        guard pod["spec"]?["shareProcessNamespace"]?.boolValue != true else {
            let message = "\(name) shares its process namespace, so that it is not restarted by the operator."
            return context.report(StatusEvent(.warning, "RestartByHand", message), about: request.subject)
        }
        let keys = report.brokers[name]?.restartRequired ?? []
        let place: Logger.Metadata = ["pod": "\(ObjectView(pod).displayName)"]
        do throws(BrokerExecError) {
            // The image's start script ends the broker in good order on TERM. The answer may be cut off by that end.
            _ = try await exec.run(BrokerCommand(["/bin/sh", "-c", "kill -TERM 1"], timeout: .seconds(20)), in: target)
        } catch {
            guard case .unavailable = error else {
                return context.logger.warning(
                    "broker not restarted",
                    metadata: place.merging(["reason": "\(error)"]) { $1 }
                )
            }
        }
        restarted.increment()
        context.logger.notice("broker restarted", metadata: place.merging(["keys": "\(keys)"]) { $1 })
        let message = "Restarted the broker of \(name) for \(keys.joined(separator: ", "))."
        context.report(StatusEvent(.normal, "BrokerRestarted", message), about: request.subject)
    }
}
