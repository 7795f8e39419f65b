/* SPDX-License-Identifier: MIT
 *
 * The report page's parts, page.html, page.css and page.js, as the build made them part of the
 * program: no file is read at run time. */
#ifndef REPORTS_PAGE_H
#define REPORTS_PAGE_H

#include <stddef.h>

extern const unsigned char page_html[], page_css[], page_js[];
extern const size_t page_html_len, page_css_len, page_js_len;

#endif
