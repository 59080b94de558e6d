#ifndef VERNEMQ_OPERATOR_CCONFIGURATIONSCHEMA_H
#define VERNEMQ_OPERATOR_CCONFIGURATIONSCHEMA_H

// schema.json, the schema of vernemq.conf, as bytes of the executable. SwiftPM's own embedding writes a Swift array
// literal, which the compiler takes minutes and gigabytes for at this size.

#include <stddef.h>
#include <stdint.h>

/// The first byte of the schema; it is constant and lives as long as the process.
extern const uint8_t *vmq_configuration_schema(void);

/// How many bytes it has.
extern size_t vmq_configuration_schema_size(void);

#endif
