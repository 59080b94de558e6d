import Document
import VerneMQ

/// Compares what a broker shows with what it should run with.
public enum LivePlanner {
    /// The steps that lead from one to the other: plugins come before keys that need them, new ones before old ones go, so
    /// that somebody always looks after authentication; listeners that go come before those that take their place.
    public static func plan(_ desired: DesiredConfiguration, on state: BrokerState) -> LivePlan {
        var planner = Planner(desired: desired, state: state)
        planner.plan()
        return planner.result
    }
}

private struct Planner {
    let desired: DesiredConfiguration
    let state: BrokerState
    var result = LivePlan()
    var restart: Set<String> = []
    var stops: [LiveAction] = []

    init(desired: DesiredConfiguration, state: BrokerState) {
        self.desired = desired
        self.state = state
    }

    mutating func plan() {
        planPlugins()
        planKeys()
        planFiles()
        planListeners()
        result.actions += stops
        planRestart()
        result.restartRequired = restart.sorted()
    }

    // MARK: Keys

    private mutating func planKeys() {
        var pairs: [LiveAction.KeyValue] = []
        for key in desired.keys(for: state) {
            guard let entry = desired.live[key] ?? desired.fallbacks[key] else { continue }
            guard let shown = state.values[key] else {
                // The keys of a plugin that has only just started are asked for again.
                if entry.isWritten, !isStarting(entry.rule.requiredPlugin) {
                    result.faults.append("the broker does not know \(key)")
                }
                continue
            }
            let known = state.record.shown[key]
            let isTranslated = known?.value == entry.value && known?.text == LiveValue.text(of: shown)
            if !isTranslated, !LiveValue.isSame(entry.value, shown, entry.rule) {
                pairs.append(LiveAction.KeyValue(key, entry.value))
            }
        }
        if !pairs.isEmpty { result.actions.append(.set(pairs)) }
    }

    private func isStarting(_ plugin: String?) -> Bool {
        result.actions.contains { action in
            if case .enable(let starting) = action { return starting.name == plugin }
            return false
        }
    }

    // MARK: Plugins

    private mutating func planPlugins() {
        for name in desired.plugins.keys.sorted() {
            guard let plugin = desired.plugins[name], !PluginKey.system.contains(name),
                !desired.excluded.contains("plugins.\(name)")
            else { continue }
            if plugin.isOn { planRunning(plugin) } else { planStopped(plugin) }
        }
        // Those that nothing speaks of any more.
        let known = Set(state.boot?.keys.keys.compactMap { PluginKey($0)?.name } ?? [])
        for name in known.union(state.record.plugins.keys).sorted() where desired.plugins[name] == nil {
            planStopped(DesiredPlugin(name: name, isOn: false))
        }
    }

    /// Whether a plugin runs, as far as is known: what the broker shows, or for those that it does not show, what was done
    /// to it, or what it started with.
    private func isRunning(_ name: String) -> Bool {
        if state.plugins.contains(name) { return true }
        // One with visible hooks that is not shown does not run, whatever was done to it.
        guard Self.unseen.contains(name) else { return false }
        if let digest = state.record.plugins[name] { return !digest.isEmpty }
        if state.boot?.keys["plugins.\(name)"] != nil { return startedOn(name) }
        return desired.ownPlugins[name]?.isOn ?? false
    }

    /// Plugins of the broker's that have no hooks, or hidden ones, so that they may run unseen.
    private static let unseen: Set<String> = ["vmq_bridge", "vmq_http_pub", "vmq_web_ui"]

    private func startedOn(_ name: String) -> Bool {
        let on = DesiredPlugin(name: name, isOn: true)
        return state.boot?.keys["plugins.\(name)"] == Digest.of([on.isOn ? "on" : "off"])
    }

    private mutating func planRunning(_ plugin: DesiredPlugin) {
        guard isRunning(plugin.name) else {
            guard !state.record.hasCrashed else { return waitForRestart(plugin.name) }
            guard isSafe(plugin.name), plugin.path.map(AdminArgument.isSafe) ?? true else {
                result.faults.append("plugin \(plugin.name) has a name or path that cannot be given to a broker")
                return
            }
            hooks(plugin.name, .preStart, plugin.hooks, into: &result.actions)
            result.actions.append(.enable(plugin))
            hooks(plugin.name, .postStart, plugin.hooks, into: &result.actions)
            result.actions.append(.noteStarted(plugin: plugin.name, plugin.hooks))
            return
        }
        if hasOtherOptions(plugin) { restart.insert("plugins.\(plugin.name)") }
        let wasRun = state.record.started[plugin.name] ?? ""
        let isNoted = state.record.stops[plugin.name] ?? PluginHooks() == plugin.hooks
        guard wasRun != plugin.hooks.startDigest || !isNoted else { return }
        // A broker that has started the plugin by itself has not run what comes after.
        if wasRun != plugin.hooks.startDigest { hooks(plugin.name, .postStart, plugin.hooks, into: &result.actions) }
        result.actions.append(.noteStarted(plugin: plugin.name, plugin.hooks))
    }

    private mutating func planStopped(_ plugin: DesiredPlugin) {
        guard isRunning(plugin.name), !desired.fixedPlugins.contains(plugin.name), isOurs(plugin.name) else { return }
        guard !state.record.hasCrashed else { return waitForRestart(plugin.name) }
        guard isSafe(plugin.name) else { return }
        let commands = state.record.stops[plugin.name] ?? plugin.hooks
        hooks(plugin.name, .preStop, commands, into: &stops)
        stops.append(.disable(plugin.name))
        hooks(plugin.name, .postStop, commands, into: &stops)
    }

    /// Whether it is the operator's to stop: one that somebody else may have started is left alone.
    private func isOurs(_ name: String) -> Bool {
        if state.record.plugins[name] != nil || state.boot?.keys["plugins.\(name)"] != nil { return true }
        return desired.isComplete && PluginKey.bundled.contains(name)
    }

    /// Path and priority are settled when a plugin starts.
    private func hasOtherOptions(_ plugin: DesiredPlugin) -> Bool {
        guard !desired.fixedPlugins.contains(plugin.name) else { return false }
        if let digest = state.record.plugins[plugin.name], !digest.isEmpty { return digest != plugin.digest }
        for (option, value) in [("path", plugin.path), ("priority", plugin.priority)] {
            if state.boot?.keys["plugins.\(plugin.name).\(option)"] != value.map({ Digest.of([$0]) }) { return true }
        }
        return false
    }

    private mutating func waitForRestart(_ name: String) {
        restart.insert("plugins.\(name)")
        let fault = "the broker's plugin manager has crashed, and another change of plugins would take all hooks away"
        if !result.faults.contains(fault) { result.faults.append(fault) }
    }

    private func hooks(
        _ name: String,
        _ stage: PluginHooks.Stage,
        _ hooks: PluginHooks,
        into actions: inout [LiveAction]
    ) {
        actions += hooks[stage].map { .hook(plugin: name, stage, $0) }
    }

    private func isSafe(_ name: String) -> Bool {
        AdminArgument.isSafe(name) && !name.hasPrefix("-") && !PluginKey.system.contains(name)
    }

    // MARK: Files

    private mutating func planFiles() {
        if let tool = state.lackingTool, !desired.files.isEmpty {
            result.faults.append("certificates that are renewed are not noticed: the container has no \(tool)")
        }
        let certificates = Set(desired.listeners.values.flatMap(\.certificateFiles))
        let sums = state.files.filter { certificates.contains($0.key) && state.record.files[$0.key] != $0.value }
        guard !sums.isEmpty else { return }
        // What has never been looked at is what the broker has read, or will read.
        if sums.contains(where: { state.record.files[$0.key] != nil }) { result.actions.append(.clearCertificates) }
        result.actions.append(.noteFiles(sums))
    }

    // MARK: Listeners

    private mutating func planListeners() {
        var starts: [LiveAction] = []
        // A listener of which something is not valid is left as it is, and then none is known to be gone.
        let frozen = Set(desired.excluded.compactMap { ListenerKey($0).map { $0.listener ?? "" } })
        for address in desired.listeners.keys.sorted() {
            guard let listener = desired.listeners[address], !frozen.contains(listener.name), !frozen.contains("")
            else {
                continue
            }
            plan(listener, &starts)
        }
        for (name, address) in frozen.isEmpty ? goneListeners() : [] {
            guard let shown = shown(at: address) else { continue }
            // One of another kind at the same place is another's.
            guard ["mqtt", "mqtts", "mqttws", "mqttwss"].contains(shown.type) else {
                restart.insert("listener.\(name)")
                continue
            }
            result.actions.append(.deleteListener(address: shown.address))
        }
        result.actions += starts
    }

    private mutating func plan(_ listener: DesiredListener, _ starts: inout [LiveAction]) {
        let shown = shown(at: listener.address)
        let known = knownDigest(of: listener)
        let authorities = state.files.filter { listener.authorityFiles.contains($0.key) }
        let hasNewAuthority = authorities.contains { path, sum in state.record.files[path].map { $0 != sum } ?? false }
        // One that the operator did not start, and of which it is not known what it started with, is left as it is.
        let isSame = shown?.type == listener.type && (known == nil || known == listener.digest)
        guard shown == nil || !isSame || hasNewAuthority else {
            let new = authorities.filter { state.record.files[$0.key] == nil }
            if !new.isEmpty { starts.append(.noteFiles(new)) }
            return
        }
        guard listener.obstacle != nil else {
            if let shown { result.actions.append(.deleteListener(address: shown.address)) }
            starts.append(.startListener(listener))
            if !authorities.isEmpty { starts.append(.noteFiles(authorities)) }
            return
        }
        // The image has listeners of its own of such kinds, which never were anybody else's.
        guard desired.record.keys["listener.\(listener.name)"] != nil else { return }
        if known == listener.digest, !hasNewAuthority {
            result.faults.append("the listener \(listener.name) does not run, and only a start of the broker opens it")
        } else {
            restart.insert("listener.\(listener.name)")
        }
    }

    /// What the listener at that address is, as far as it is known.
    private func knownDigest(of listener: DesiredListener) -> String? {
        if let digest = state.record.listeners[listener.address] { return digest }
        guard let boot = state.boot else { return desired.ownListeners[listener.address]?.digest }
        if let name = boot.listeners.first(where: { samePlace($0.value, listener.address) })?.key {
            return boot.keys["listener.\(name)"]
        }
        // One of the image's or the environment's: it has started with the options that the boot Secret had.
        guard desired.ownListeners[listener.address] != nil else { return nil }
        return options(of: listener, in: boot) == options(of: listener, in: desired.record) ? listener.digest : ""
    }

    /// The options in a record that hold for a listener.
    private func options(of listener: DesiredListener, in record: BootRecord) -> [String: String] {
        let parts = listener.name.split(separator: ".", maxSplits: 1).map(String.init)
        return record.keys.filter { key, _ in
            guard let option = ListenerKey(key), option.option != nil else { return false }
            return (option.transport ?? parts.first) == parts.first && (option.name ?? parts.last) == parts.last
        }
    }

    /// Listeners that the operator, or the boot, has opened and that are not wanted any more: name and address.
    private func goneListeners() -> [(String, String)] {
        var gone: [String: String] = [:]
        for (name, address) in state.boot?.listeners ?? [:] { gone[address] = name }
        for (address, digest) in state.record.listeners where !digest.isEmpty {
            gone[address] = gone[address] ?? address
        }
        if desired.isComplete {
            // The image's own, where a setting has put another in its place.
            for listener in desired.ownListeners.values where listener.obstacle == nil {
                gone[listener.address] = listener.name
            }
        }
        return gone.filter { address, _ in !desired.listeners.keys.contains { samePlace($0, address) } }
            .map { ($0.value, $0.key) }.sorted { $0.1 < $1.1 }
    }

    private func shown(at address: String) -> BrokerState.Listener? {
        state.listeners.first { samePlace($0.address, address) }
    }

    private func samePlace(_ one: String, _ other: String) -> Bool {
        guard one != other else { return true }
        guard let one = ListenerAddress(one), let other = ListenerAddress(other) else { return false }
        return one == other
    }

    // MARK: Restart

    private mutating func planRestart() {
        let boot = state.boot?.keys ?? [:]
        for (key, digest) in desired.restart where boot[key] != digest { restart.insert(key) }
        for key in boot.keys where desired.restart[key] == nil {
            let isOther = key.hasPrefix("listener.") || PluginKey(key) != nil
            if !isOther, desired.live[key] == nil, desired.fallbacks[key] == nil, !desired.excluded.contains(key) {
                restart.insert(key)
            }
        }
    }
}
