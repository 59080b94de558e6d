#include "CConfigurationSchema.h"

// #embed is of C23, and clang offers it in older C with this warning.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t schema[] = {
#embed "schema.json"
};

const uint8_t *vmq_configuration_schema(void) {
    return schema;
}

size_t vmq_configuration_schema_size(void) {
    return sizeof schema;
}
