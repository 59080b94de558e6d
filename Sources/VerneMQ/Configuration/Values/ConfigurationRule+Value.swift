extension ConfigurationRule {
    /// What is wrong with the value of a setting of this key, nil if nothing is.
    ///
    /// A value that takes something over from elsewhere, `$(…)`, is not judged: what it will be is not known here. The
    /// value of a secret is never in the finding.
    public func finding(on setting: Setting, version: VerneMQVersion) -> Finding? {
        fault(in: setting.value, version: version).map { finding(on: setting, $0, version: version) }
    }

    func finding(on setting: Setting, _ fault: ValueFault, version: VerneMQVersion) -> Finding {
        Finding(
            fault.severity,
            path: setting.valuePath,
            value: isSecret ? nil : setting.value.excerpt,
            problem: fault.problem,
            remedy: fault.remedy ?? "\(setting.key) takes \(expectation(in: version))"
        )
    }

    func fault(in value: String, version: VerneMQVersion) -> ValueFault? {
        if value.hasReference { return nil }
        let type = type(in: version)
        if type.words.contains(value) { return nil }
        if value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A }) {
            return ValueFault("there is a control character in it", "remove it")
        }
        var fault: ValueFault?
        for form in type.forms {
            guard let other = self.fault(in: value, as: form) else { return formatFault(in: value, version: version) }
            // The fault of the form that was meant is the one to tell.
            if fault == nil || (form == .socket && Self.isSocketLike(value)) { fault = other }
        }
        return fault ?? wordFault(value, type.words)
    }

    /// What the key takes, for the end of a sentence that begins with it: `0 to 65535 (0 = no limit)`.
    public func expectation(in version: VerneMQVersion) -> String {
        let type = type(in: version)
        var alternatives = type.forms.map { format?.expectation(type, of: pattern) ?? expectation($0) }
        if !usualValues.isEmpty { alternatives = usualValues }
        let text = String.listing(alternatives + type.words, "or")
        return special.map { "\(text) (\($0))" } ?? text
    }

    private func expectation(_ form: ConfigurationType.Form) -> String {
        switch form {
        case .integer: range
        case .string, .atom: "a text"
        case .file: "the path of a file"
        case .directory: "the path of a directory"
        case .address: "an IP address and a port, as in 0.0.0.0:1883"
        case .socket: "local:PATH:PORT"
        case .bytesize:
            "bytes, or a whole number with KB, MB or GB right behind it" + (minimum == nil ? "" : ", \(range)")
        case .duration: "a duration with units, as in 1h30m"
        case .percent: "0% to 100%"
        }
    }

    private var range: String {
        let counted = unit.map { " \($0)" } ?? ""
        return switch (minimum, maximum) {
        case (let minimum?, let maximum?): "\(minimum) to \(maximum)\(counted)"
        case (let minimum?, nil): "a whole number\(unit.map { " of \($0)" } ?? ""), \(minimum) or more"
        case (nil, let maximum?): "a whole number\(unit.map { " of \($0)" } ?? ""), at most \(maximum)"
        case (nil, nil): "a whole number\(unit.map { " of \($0)" } ?? "")"
        }
    }

    private func wordFault(_ value: String, _ words: [String]) -> ValueFault {
        let problem = "not one of its values"
        let meant: [String: String] = [
            "true": "on", "yes": "on", "1": "on", "enabled": "on", "false": "off", "no": "off", "0": "off",
            "disabled": "off",
        ]
        if words == ["on", "off"], let word = meant[value.lowercased()] {
            return ValueFault(problem, "VerneMQ takes on and off only: write \(word)")
        }
        if let nearest = Suggestion.nearest(to: value, among: words) {
            return ValueFault(problem, "did you mean \"\(nearest)\"?")
        }
        return ValueFault(problem)
    }
}

// MARK: - Forms

extension ConfigurationRule {
    private func fault(in value: String, as form: ConfigurationType.Form) -> ValueFault? {
        switch form {
        case .integer: integerFault(value)
        case .string, .file, .directory: nil
        case .atom: value.count <= 255 ? nil : ValueFault("longer than 255 characters", "shorten it")
        case .address: addressFault(value)
        case .socket: socketFault(value)
        case .bytesize: sizeFault(value)
        case .duration: durationFault(value)
        case .percent: percentFault(value)
        }
    }

    private func integerFault(_ value: String) -> ValueFault? {
        guard let number = SettingNumber.integer(value) else { return ValueFault("not an integer") }
        if number == .max || number == .min { return ValueFault("far too large a number") }
        return rangeFault(number) ?? usualFault(value)
    }

    private func rangeFault(_ number: Int64) -> ValueFault? {
        let isBelow = minimum.map { number < $0 } ?? false
        let isAbove = maximum.map { number > $0 } ?? false
        guard isBelow || isAbove else { return nil }
        if isRangeEnforced { return ValueFault("out of range") }
        // No socket has such a port, so this cannot be meant.
        if maximum == 65535, minimum == 1 { return ValueFault("out of range") }
        return .warning("VerneMQ accepts a number out of range and then misbehaves")
    }

    func usualFault(_ value: String) -> ValueFault? {
        guard !usualValues.isEmpty, !usualValues.contains(value) else { return nil }
        let nearest = Suggestion.nearest(to: value, among: usualValues)
        return .warning(
            "VerneMQ accepts it and knows no such value",
            nearest.map { "did you mean \"\($0)\"?" }
        )
    }

    private func addressFault(_ value: String) -> ValueFault? {
        if let address = ListenerAddress(value) {
            if address.port > 65535 { return ValueFault("there is no port above 65535") }
            return address.port > 0 ? nil : .warning("with port 0 the system picks one, at every start another")
        }
        if value.contains("[") || value.contains("]") {
            return ValueFault("VerneMQ takes IPv6 addresses without brackets", "write it as ::1:1883")
        }
        guard let colon = value.lastIndex(of: ":"), colon > value.startIndex else {
            return ValueFault("not an address and a port")
        }
        let port = value[value.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return ValueFault("there is no port behind the last colon")
        }
        return port.utf8.count > 5
            ? ValueFault("there is no port above 65535") : ValueFault("not an IP address: host names are refused")
    }

    private func socketFault(_ value: String) -> ValueFault? {
        guard Self.isSocketLike(value) else { return ValueFault("not a unix socket") }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[1].isEmpty, SettingNumber.integer(String(parts[2])) != nil else {
            return ValueFault("not a unix socket", "write it as local:/run/vernemq.sock:0")
        }
        return nil
    }

    private static func isSocketLike(_ value: String) -> Bool {
        value.hasPrefix("local:") || value.hasPrefix("unix:")
    }

    private func sizeFault(_ value: String) -> ValueFault? {
        guard let size = SettingNumber.size(value) else { return ValueFault("not a size") }
        if size.isNegative { return ValueFault("VerneMQ accepts a negative size and then misbehaves") }
        if size.isFraction { return ValueFault("VerneMQ accepts a fraction, which gives no whole number of bytes") }
        return rangeFault(size.bytes)
    }

    private func durationFault(_ value: String) -> ValueFault? {
        guard !SettingNumber.isDuration(value) else { return nil }
        return SettingNumber.integer(value) == nil
            ? ValueFault("not a duration") : ValueFault("a duration needs a unit, as in \(value)ms")
    }

    private func percentFault(_ value: String) -> ValueFault? {
        guard value.hasSuffix("%") else {
            return ValueFault("without a % sign VerneMQ drops the last digit", "write \(value.excerpt)%")
        }
        guard let number = SettingNumber.integer(String(value.dropLast())) else {
            return ValueFault("not a percentage")
        }
        return (0...100).contains(number) ? nil : ValueFault("out of range")
    }
}
