// SPDX-License-Identifier: Apache-2.0
#define PHASIC_ROW_PRODUCTS row_products_avx2
#include "driver/discriminant/row_products_loop.hpp"
