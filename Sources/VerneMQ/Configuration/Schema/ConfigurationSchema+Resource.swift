internal import CConfigurationSchema
internal import Document

extension ConfigurationSchema {
    /// The resource of this build.
    static var resource: [UInt8] {
        let start = unsafe vmq_configuration_schema()
        return unsafe Array(UnsafeBufferPointer(start: start, count: vmq_configuration_schema_size()))
    }

    /// Reads a resource. What cannot be read is left out and noted in ``faults``, which a test wants to be empty: no build
    /// with a spoilt resource can be released.
    init(parsing bytes: [UInt8]) {
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONTape(parsing: bytes).root
        } catch {
            self.init(rules: [], releases: [], optionNames: [], faults: ["\(error)"])
            return
        }
        var faults: [String] = []
        var rules: [ConfigurationRule] = []
        for list in ["keys", "packaged"] {
            guard let records = root[list] else {
                faults.append("no \(list)")
                continue
            }
            for (position, record) in records.elements.enumerated() {
                if let draft = ConfigurationRule.Draft(record) {
                    rules.append(ConfigurationRule(draft))
                } else {
                    faults.append("\(list)[\(position)]")
                }
            }
        }
        let releases = root["releases"]?.strings ?? []
        self.init(
            rules: rules,
            releases: releases.compactMap { VerneMQVersion(tag: $0) },
            optionNames: Set(root["optionNames"]?.strings ?? []),
            faults: faults
        )
    }
}

extension ConfigurationRule.Draft {
    /// Reads a record of the resource; nil if a member is unknown or of the wrong kind.
    fileprivate init?(_ record: JSONNode) {
        guard let key = record["key"]?.string, let type = record["type"]?.string, let part = record["part"]?.string
        else {
            return nil
        }
        pattern = key
        segments = key.split(separator: ".").map(String.init)
        newestType = ConfigurationType(type)
        self.part = part
        for (name, value) in record.members where !["key", "type", "part"].contains(name) {
            let isRead =
                switch value.kind {
                case .string: value.string.map { take(name, $0) } ?? false
                case .number: value.integer.map { take(name, $0) } ?? false
                case .bool: value.bool == true && take(name)
                case .array: take(name, value)
                case .null, .object: false
                }
            if !isRead { return nil }
        }
    }

    private mutating func take(_ name: String, _ text: String) -> Bool {
        switch name {
        case "default": newestDefault = text
        case "unit": unit = text
        case "special": special = text
        case "live": liveEffect = text
        case "requires": requirement = text
        case "replacement": replacement = text
        case "format":
            format = ConfigurationFormat(rawValue: text)
            return format != nil
        case "since":
            isUnreleased = text == "unreleased"
            since = VerneMQVersion(tag: text)
            return isUnreleased || since != nil
        case "liveSince":
            liveSince = VerneMQVersion(tag: text)
            return liveSince != nil
        case "removed":
            removed = VerneMQVersion(tag: text)
            return removed != nil
        case "brokenSince":
            brokenSince = VerneMQVersion(tag: text)
            return brokenSince != nil
        default: return false
        }
        return true
    }

    private mutating func take(_ name: String, _ number: Int64) -> Bool {
        switch name {
        case "min": minimum = number
        case "max": maximum = number
        default: return false
        }
        return true
    }

    private mutating func take(_ name: String) -> Bool {
        switch name {
        case "enforced": isRangeEnforced = true
        case "secret": isSecret = true
        case "inert": isInert = true
        case "deprecated": isDeprecated = true
        case "vmArgs": isVMArgument = true
        case "hidden": isHidden = true
        default: return false
        }
        return true
    }

    private mutating func take(_ name: String, _ list: JSONNode) -> Bool {
        switch name {
        case "usual":
            usualValues = list.strings
            return usualValues.count == list.count
        case "notes":
            notes = list.strings
            return notes.count == list.count
        case "earlier":
            earlier = list.elements.compactMap(ConfigurationRule.Earlier.init)
            return earlier.count == list.count
        default: return false
        }
    }
}

extension ConfigurationRule.Earlier {
    fileprivate init?(_ record: JSONNode) {
        guard let before = record["before"]?.string.flatMap(VerneMQVersion.init(tag:)) else { return nil }
        self.before = before
        type = record["type"]?.string.map(ConfigurationType.init)
        defaultValue = record["default"]?.string
    }
}

extension JSONNode {
    /// The texts of an array.
    fileprivate var strings: [String] { elements.compactMap(\.string) }
}
