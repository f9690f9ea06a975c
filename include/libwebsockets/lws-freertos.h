/* SPDX-License-Identifier: MIT */
/* For FreeRTOS (ESP32) only; not included by libwebsockets.h on this system. */

typedef int lws_sockfd_type;
typedef int lws_filefd_type;

#include <freertos/FreeRTOS.h>
#include <freertos/event_groups.h>
#include <string.h>
#include "esp_wifi.h"
#include "esp_system.h"
#include "esp_event.h"
#include "nvs.h"
#include "driver/gpio.h"
#include "esp_spi_flash.h"
#include "freertos/timers.h"

#if !defined(CONFIG_FREERTOS_HZ)
#define CONFIG_FREERTOS_HZ 100		/**< timer ticks per second */
#endif
