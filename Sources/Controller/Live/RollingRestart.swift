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
        let choice = RestartChoice(
            set: request.statefulSet,
            pods: pods,
            container: request.container,
            minimumUptime: context.settings.minimumUptime
        )
        guard let next = choice.next(report, now: .now) else { return false }
        // Brokers are asked only where their answers can change something.
        guard choice.arePodsWhole, choice.isOneCluster(await views(choice, request)) else { return true }
        await restart(next, request, report)
        return true
    }

    /// What each broker sees, by the name of its pod. One that does not answer is missing.
    private func views(_ choice: RestartChoice, _ request: LiveRequest) async -> [String: [String: Bool]] {
        let broker = InjectionState(of: request.statefulSet).broker
        let port = ListenerEnvironment.http(in: broker?["env"]?.arrayValue ?? []).port
        var views: [String: [String: Bool]] = [:]
        for (name, member) in choice.members {
            guard let address = member.pod["status"]?["podIP"]?.stringValue else { continue }
            do {
                let bytes = try await probe.ask(address, port: port)
                views[name] = try BrokerView(parsing: bytes, of: member.node).members
            } catch {
                context.logger.debug("broker not asked", metadata: ["pod": "\(name)", "reason": "\(error)"])
            }
        }
        return views
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
