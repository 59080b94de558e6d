#ifndef VERNEMQ_OPERATOR_CLIBYAML_H
#define VERNEMQ_OPERATOR_CLIBYAML_H

#include <yaml.h>

#endif
