#include "core/letter.h"

#include "core/array.h"

/* Ascending. Categories Cc, Zl, Zp and most of Cf of the Unicode Character Database, and the two
 * letters that are none (XML has no way to hold them); joiners,
 * which emoji and many scripts need, are not among them. */
static const struct {
	uint32_t first;
	uint32_t last;
} controls[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C}, {0x180E, 0x180E},
        {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
        {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE007F},
};

size_t letter_decode(const char *text, uint32_t *ret_letter)
{
	const unsigned char *const t = (const unsigned char *)text;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const size_t length = t[0] < 0x80             ? 1
	                      : (t[0] & 0xE0) == 0xC0 ? 2
	                      : (t[0] & 0xF0) == 0xE0 ? 3
	                      : (t[0] & 0xF8) == 0xF0 ? 4
	                                              : 0;
	if (length == 0)
		return 0;
	uint32_t letter = length == 1 ? t[0] : t[0] & (0x7Fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((t[i] & 0xC0) != 0x80)
			return 0;
		letter = letter << 6 | (t[i] & 0x3Fu);
	}
	if (letter < least[length] || letter > 0x10FFFF || (letter >= 0xD800 && letter <= 0xDFFF))
		return 0;
	*ret_letter = letter;
	return length;
}

bool letter_is_control(uint32_t letter)
{
	for (size_t i = 0; i < ARRAY_LENGTH(controls) && letter >= controls[i].first; i++)
		if (letter <= controls[i].last)
			return true;
	return false;
}
