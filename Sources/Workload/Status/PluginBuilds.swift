public import Document
import Kubernetes

/// A plugin that could not be built in a pod.
public struct PluginBuildFailure: Sendable, Hashable {
    /// The plugin as its builder names it; the builder's own name where it left no words.
    public let plugin: String
    /// The pod.
    public let pod: String
    /// At what it failed: `fetch`, `compile`, `result`, …; nil if the builder left no words.
    public let step: String?
    /// Why, in one line.
    public let message: String
}

/// How the builds of plugins stand, read from the init containers of pods.
public struct PluginBuilds: Sendable, Hashable {
    /// What has failed, by pod and then in the order of the builders.
    public private(set) var failures: [PluginBuildFailure] = []
    /// How many builders there are in all pods.
    public private(set) var total = 0
    /// How many of them have finished well.
    public private(set) var built = 0

    /// The name of a builder's container begins so.
    private static let prefix = "vernemq-plugin-"

    /// Reads pods, in the order given.
    public init(pods: [JSONValue]) {
        for pod in pods {
            let name = ObjectView(pod).name ?? ""
            let builders = (pod["spec"]?["initContainers"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
            total += builders.filter { $0.hasPrefix(Self.prefix) }.count
            for status in pod["status"]?["initContainerStatuses"]?.arrayValue ?? [] {
                guard let builder = status["name"]?.stringValue, builder.hasPrefix(Self.prefix) else { continue }
                read(status, builder: builder, pod: name)
            }
        }
    }

    private mutating func read(_ status: JSONValue, builder: String, pod: String) {
        let now = status["state"]?["terminated"]
        if let now, now["exitCode"]?.integerValue == 0 {
            built += 1
            return
        }
        // A builder that is tried again says in its last state why.
        guard let ended = now ?? status["lastState"]?["terminated"], ended["exitCode"]?.integerValue ?? 0 != 0 else {
            return readWaiting(status, builder: builder, pod: pod)
        }
        failures.append(Self.failure(ended, builder: builder, pod: pod))
    }

    /// A builder whose image cannot be had never runs at all.
    private mutating func readWaiting(_ status: JSONValue, builder: String, pod: String) {
        let reasons = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"]
        guard let waiting = status["state"]?["waiting"], let reason = waiting["reason"]?.stringValue,
            reasons.contains(reason)
        else { return }
        let detail = waiting["message"]?.stringValue.map(ObservedPods.Pod.firstLine) ?? ""
        let message = detail.isEmpty ? reason : "\(reason): \(detail)"
        let plugin = String(builder.dropFirst(Self.prefix.count))
        failures.append(PluginBuildFailure(plugin: plugin, pod: pod, step: "image", message: message))
    }

    /// The builder's last words are `plugin NAME: STEP: TEXT`, then the end of its output.
    private static func failure(_ ended: JSONValue, builder: String, pod: String) -> PluginBuildFailure {
        let fallback = String(builder.dropFirst(prefix.count))
        let line = ended["message"]?.stringValue.map(ObservedPods.Pod.firstLine) ?? ""
        let parts = line.split(separator: ": ", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0].hasPrefix("plugin ") else {
            let code = ended["exitCode"]?.integerValue ?? 0
            let text =
                line.isEmpty
                ? "ended with \(code) and left no words (\(ended["reason"]?.stringValue ?? "Error"))" : line
            return PluginBuildFailure(plugin: fallback, pod: pod, step: nil, message: text)
        }
        let plugin = String(parts[0].dropFirst("plugin ".count))
        return PluginBuildFailure(plugin: plugin, pod: pod, step: parts[1], message: parts[2])
    }
}
