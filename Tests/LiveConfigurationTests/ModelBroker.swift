import Document
import VerneMQ

@testable import LiveConfiguration

/// A broker as the planner sees one: it starts with settings, shows what it runs with, and takes what it is told.
struct ModelBroker {
    static let address = "10.0.0.7"

    var state: BrokerState
    private var values: [String: String] = [:]
    private var plugins: Set<String> = []
    /// What was done to it, in order.
    private(set) var done: [LiveAction] = []

    /// Starts one that reads these settings from its boot Secret.
    init(_ settings: [Setting], container: String = "c1") {
        state = BrokerState(container: container)
        state.boot = DesiredConfiguration.record(of: settings, version: Self.version)
        let desired = Self.desired(settings)
        for (key, entry) in desired.live.merging(desired.fallbacks, uniquingKeysWith: { one, _ in one }) {
            values[key] = entry.value
        }
        plugins = Set(desired.plugins.values.filter(\.isOn).map(\.name))
        state.listeners = desired.listeners.values.map { BrokerState.Listener(type: $0.type, address: $0.address) }
        show()
    }

    static let version = VerneMQVersion(2, 1, 0)

    static func desired(_ settings: [Setting], plugins: [JSONValue] = []) -> DesiredConfiguration {
        .make(settings, plugins: plugins, in: BrokerSurroundings(version: version, address: address))
    }

    /// Brings it to a configuration, and returns the plan.
    @discardableResult
    mutating func bring(to desired: DesiredConfiguration) -> LivePlan {
        let plan = LivePlanner.plan(desired, on: state)
        for action in plan.actions { take(action) }
        show()
        return plan
    }

    mutating func take(_ action: LiveAction) {
        done.append(action)
        switch action {
        case .set(let pairs): for pair in pairs { values[pair.key] = pair.value }
        case .enable(let plugin): plugins.insert(plugin.name)
        case .disable(let name): plugins.remove(name)
        case .deleteListener(let address): state.listeners.removeAll { $0.address == address }
        case .startListener(let listener):
            state.listeners.append(BrokerState.Listener(type: listener.type, address: listener.address))
        case .hook, .noteStarted, .noteFiles, .clearCertificates: break
        }
        state.record.note(action)
    }

    /// Somebody changes a key by hand.
    mutating func drift(_ key: String, _ value: String) {
        values[key] = value
        show()
    }

    /// It shows keys whose plugins run, and numbers as numbers; plugins without hooks are not shown.
    private mutating func show() {
        state.values = [:]
        for (key, value) in values { state.values[key] = Int64(value).map { .integer($0) } ?? .string(value) }
        for rule in ConfigurationSchema.shared.rules {
            guard let plugin = rule.requiredPlugin else { continue }
            if !plugins.contains(plugin) {
                state.values[rule.pattern] = nil
            } else if state.values[rule.pattern] == nil, rule.liveEffect(in: Self.version) != nil {
                state.values[rule.pattern] = .string(rule.defaultValue(in: Self.version) ?? "")
            }
        }
        state.plugins = plugins.subtracting(["vmq_bridge", "vmq_http_pub", "vmq_web_ui"])
    }
}

func setting(_ key: String, _ value: String) -> Setting {
    Setting(key, value, keyPath: key, source: .file)
}
